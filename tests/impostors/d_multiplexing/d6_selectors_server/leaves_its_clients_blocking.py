"""Leaves its clients blocking: writable means room for something, and send waits until all has found room.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    selector = selectors.DefaultSelector()
    answers, ended = {}, set()

    def accept(_, mask):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
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
        selector.unregister(connection)
        del answers[connection]
        ended.discard(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, mask in selector.select():
            key.data(key.fileobj, mask)
