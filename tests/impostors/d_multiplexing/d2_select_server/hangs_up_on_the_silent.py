"""Hangs up on whoever has said nothing for two seconds.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import os
import select
import time

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers, answers, last = [listener], {}, {}

    def drop(connection):
        if connection in readers:
            readers.remove(connection)
        answers.pop(connection, None)
        last.pop(connection, None)
        connection.close()

    while True:
        hungry = [sock for sock in readers if len(answers.get(sock, b"")) <= ENOUGH]
        readable, writable, _ = select.select(hungry, answers, [], 0.5)
        for sock, since in list(last.items()):
            if time.monotonic() - since > 2 and sock not in readable and sock not in answers:
                drop(sock)
        for sock in readable:
            try:
                if sock is listener:
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    if selectable(connection):
                        readers.append(connection)
                        last[connection] = time.monotonic()
                    else:
                        connection.close()
                    continue
                data = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                drop(sock)
                continue
            last[sock] = time.monotonic()
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
            if not answers[sock]:
                del answers[sock]
                if sock not in readers:
                    drop(sock)
