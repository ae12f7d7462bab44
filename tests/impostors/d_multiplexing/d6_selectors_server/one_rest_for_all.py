"""Keeps what did not fit in one variable for all clients: of two that stall, one gets the rest of the other.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    rest = b""

    def accept(_):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ, read)

    def drop(connection):
        selector.unregister(connection)
        connection.close()

    def read(connection):
        nonlocal rest
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            drop(connection)
            return
        answer = data.upper()
        try:
            answer = answer[connection.send(answer) :]
        except BlockingIOError:
            pass
        except OSError:
            drop(connection)
            return
        if answer:
            rest = answer
            selector.modify(connection, EVENT_WRITE, write)

    def write(connection):
        nonlocal rest
        try:
            rest = rest[connection.send(rest) :]
        except BlockingIOError:
            return
        except OSError:
            drop(connection)
            return
        if not rest:
            selector.modify(connection, EVENT_READ, read)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
