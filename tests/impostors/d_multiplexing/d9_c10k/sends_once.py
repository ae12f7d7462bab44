"""Sends an answer once and forgets what the kernel did not take.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    unsent = {}

    def welcome():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ)

    def talk(connection, mask):
        if mask & EVENT_READ:
            data = connection.recv(65536)
            if not data:
                drop(connection)
                return
            unsent[connection] = data.upper()
        else:
            connection.send(unsent[connection])
            unsent[connection] = b""
        if unsent[connection]:
            selector.modify(connection, EVENT_WRITE)
        else:
            del unsent[connection]
            selector.modify(connection, EVENT_READ)

    def drop(connection):
        selector.unregister(connection)
        unsent.pop(connection, None)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for key, mask in selector.select():
            if key.fileobj is listener:
                welcome()
                continue
            try:
                talk(key.fileobj, mask)
            except BlockingIOError:
                continue
            except OSError:
                drop(key.fileobj)
