"""Closes a client that vanished and keeps its unsent answer for ever, though nobody is there to take it.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""

import time

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener, nap=0.0):
    listener.setblocking(False)
    readers, answers = [], {}

    def drop(connection):
        if connection in readers:
            readers.remove(connection)
        connection.close()

    while True:
        busy = False
        try:
            connection, _ = listener.accept()
            connection.setblocking(False)
            readers.append(connection)
            busy = True
        except OSError:
            pass

        for connection in list(readers):
            if len(answers.get(connection, b"")) > ENOUGH:
                continue
            try:
                data = connection.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                drop(connection)
                continue
            busy = True
            if data:
                answers[connection] = answers.get(connection, b"") + data.upper()
            else:
                readers.remove(connection)
                answers.setdefault(connection, b"")

        for connection, answer in list(answers.items()):
            if connection.fileno() < 0:
                continue
            try:
                answers[connection] = answer[connection.send(answer) :]
            except BlockingIOError:
                continue
            except OSError:
                drop(connection)
                continue
            busy = True
            if not answers[connection]:
                del answers[connection]
                if connection not in readers:
                    connection.close()

        if nap and not busy:
            time.sleep(nap)
