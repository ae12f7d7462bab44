"""Keeps one unsent answer for all clients: whoever can be sent to first gets it.

Caught by: test_everybody_in_a_crowd_gets_their_own_answer
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    unsent = b""

    def accept(_, mask):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ, talk)

    def talk(connection, mask):
        nonlocal unsent
        try:
            if mask & EVENT_READ:
                data = connection.recv(65536)
                unsent += data.upper()
                if not data:
                    drop(connection)
                    return
            if mask & EVENT_WRITE:
                unsent = unsent[connection.send(unsent) :]
        except BlockingIOError:
            return
        except OSError:
            drop(connection)
            return
        selector.modify(connection, EVENT_READ | (EVENT_WRITE if unsent else 0), talk)

    def drop(connection):
        selector.unregister(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, mask in selector.select():
            key.data(key.fileobj, mask)
