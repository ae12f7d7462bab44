"""Lets selectors choose how to wait: on most systems that is something else than select.

Caught by: test_it_waits_in_select
"""

import selectors

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    answers, ended = {}, set()

    def drop(connection):
        selector.unregister(connection)
        answers.pop(connection)
        ended.discard(connection)
        connection.close()

    def watch(connection):
        mask = selectors.EVENT_WRITE if answers[connection] else 0
        if connection not in ended and len(answers[connection]) <= ENOUGH:
            mask |= selectors.EVENT_READ
        selector.modify(connection, mask) if mask else drop(connection)

    while True:
        for key, mask in selector.select():
            connection = key.fileobj
            try:
                if connection is listener:
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    selector.register(connection, selectors.EVENT_READ)
                    answers[connection] = b""
                    continue
                if mask & selectors.EVENT_READ:
                    data = connection.recv(65536)
                    answers[connection] += data.upper()
                    if not data:
                        ended.add(connection)
                if mask & selectors.EVENT_WRITE:
                    answers[connection] = answers[connection][
                        connection.send(answers[connection]) :
                    ]
                watch(connection)
            except BlockingIOError:
                continue
            except OSError:
                drop(connection)
