"""Closes a client as soon as it has ended its sending side, with its answer still unsent.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE

ENOUGH = 1 << 20  # bytes unsent, beyond which nothing more is read


def serve(listener):
    selector = selectors.DefaultSelector()
    answers = {}

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
                    drop(connection)
                    return
            if mask & EVENT_WRITE:
                answers[connection] = answers[connection][connection.send(answers[connection]) :]
        except BlockingIOError:
            return
        except OSError:
            drop(connection)
            return
        mask = EVENT_WRITE if answers[connection] else 0
        if len(answers[connection]) <= ENOUGH:
            mask |= EVENT_READ
        selector.modify(connection, mask, talk)

    def drop(connection):
        selector.unregister(connection)
        del answers[connection]
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, mask in selector.select():
            key.data(key.fileobj, mask)
