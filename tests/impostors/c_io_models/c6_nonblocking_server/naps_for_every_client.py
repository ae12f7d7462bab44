"""Naps for each client that has nothing to say, where one nap a round would do.

Caught by: test_an_answer_waits_two_naps_at_most
"""

import time

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener, nap=0.0):
    listener.setblocking(False)
    readers, answers = [], {}

    def drop(connection):
        if connection in readers:
            readers.remove(connection)
        answers.pop(connection, None)
        connection.close()

    while True:
        try:
            connection, _ = listener.accept()
            connection.setblocking(False)
            readers.append(connection)
        except OSError:
            pass

        for connection in list(readers):
            if len(answers.get(connection, b"")) > ENOUGH:
                continue
            try:
                data = connection.recv(65536)
            except BlockingIOError:
                if nap:
                    time.sleep(nap)
                continue
            except OSError:
                drop(connection)
                continue
            if data:
                answers[connection] = answers.get(connection, b"") + data.upper()
            else:
                readers.remove(connection)
                answers.setdefault(connection, b"")

        for connection, answer in list(answers.items()):
            try:
                answers[connection] = answer[connection.send(answer) :]
            except BlockingIOError:
                continue
            except OSError:
                drop(connection)
                continue
            if not answers[connection]:
                del answers[connection]
                if connection not in readers:
                    connection.close()
