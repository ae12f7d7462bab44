"""Sends where it received and never waits until more can be sent: the rest is dropped.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import selectors


def serve(listener):
    selector = selectors.DefaultSelector()

    def accept(_):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, read)

    def read(connection):
        try:
            data = connection.recv(65536)
            connection.send(data.upper())
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            selector.unregister(connection)
            connection.close()

    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
