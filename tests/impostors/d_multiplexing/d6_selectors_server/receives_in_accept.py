"""Waits for a newcomer's first words inside the callback that accepts: a silent one stops all.

Caught by: test_silent_clients_hold_nobody_up
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
        try:
            first = connection.recv(65536)
        except OSError:
            first = b""
        if not first:
            connection.close()
            return
        connection.setblocking(False)
        answers[connection] = first.upper()
        selector.register(connection, EVENT_READ | EVENT_WRITE, talk)

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
        selector.unregister(connection)
        del answers[connection]
        ended.discard(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, mask in selector.select():
            key.data(key.fileobj, mask)
