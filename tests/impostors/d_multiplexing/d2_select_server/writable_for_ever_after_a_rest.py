"""Once an answer did not fit, watches that client for writing for ever.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import os
import select

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers, answers, partial = [listener], {}, set()

    def drop(connection):
        if connection in readers:
            readers.remove(connection)
        answers.pop(connection, None)
        connection.close()

    while True:
        hungry = [sock for sock in readers if len(answers.get(sock, b"")) <= ENOUGH]
        readable, writable, _ = select.select(hungry, answers, [])
        for sock in readable:
            try:
                if sock is listener:
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    if selectable(connection):
                        readers.append(connection)
                    else:
                        connection.close()
                    continue
                data = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                drop(sock)
                continue
            if data:
                answers[sock] = answers.get(sock, b"") + data.upper()
            else:
                readers.remove(sock)
                answers.setdefault(sock, b"")

        for sock in writable:
            if sock not in answers:
                continue
            try:
                answers[sock] = answers[sock][sock.send(answers[sock]) :]
            except BlockingIOError:
                continue
            except OSError:
                drop(sock)
                continue
            if not answers[sock] and sock not in partial:
                del answers[sock]
                if sock not in readers:
                    sock.close()
            elif not answers[sock] and sock not in readers:
                drop(sock)
            else:
                partial.add(sock)
