"""Hangs up on whoever has said nothing for two seconds.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import selectors
import time
from selectors import EVENT_READ, EVENT_WRITE

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    selector = selectors.DefaultSelector()
    answers, ended, last = {}, set(), {}

    def accept(_, mask):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        answers[connection] = b""
        last[connection] = time.monotonic()
        selector.register(connection, EVENT_READ, talk)

    def talk(connection, mask):
        last[connection] = time.monotonic()
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
        del last[connection]
        ended.discard(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for connection, since in list(last.items()):
            if time.monotonic() - since > 2 and not answers[connection]:
                drop(connection)
        for key, mask in selector.select(0.5):
            key.data(key.fileobj, mask)
