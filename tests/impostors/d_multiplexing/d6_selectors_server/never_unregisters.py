"""Closes a client without unregistering it: the next one with its number is refused (KeyError).

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE

ENOUGH = 1 << 20  # bytes unsent, beyond which nothing more is read


def serve(listener):
    selector = selectors.DefaultSelector()
    answers, ended = {}, set()

    def accept(_, mask):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        answers[connection] = b""
        selector.register(connection, EVENT_READ, talk)

    def talk(connection, mask):
        try:
            if mask & EVENT_READ:
                data = connection.recv(65536)
                answers[connection] += data.upper()
                if not data:
                    ended.add(connection)
            if mask & EVENT_WRITE:
                answers[connection] = answers[connection][connection.send(answers[connection]) :]
        except BlockingIOError:
            return
        except OSError:
            drop(connection)
            return
        mask = EVENT_WRITE if answers[connection] else 0
        if connection not in ended and len(answers[connection]) <= ENOUGH:
            mask |= EVENT_READ
        if mask:
            selector.modify(connection, mask, talk)
        else:
            drop(connection)

    def drop(connection):
        del answers[connection]
        ended.discard(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, mask in selector.select():
            key.data(key.fileobj, mask)
