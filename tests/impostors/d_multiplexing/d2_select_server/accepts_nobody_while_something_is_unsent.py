"""Accepts nobody while an answer is unsent: one client that does not read locks the door.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import os
import select

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers, answers = [listener], {}

    def drop(connection):
        if connection in readers:
            readers.remove(connection)
        answers.pop(connection, None)
        connection.close()

    while True:
        hungry = [
            sock
            for sock in readers
            if len(answers.get(sock, b"")) <= ENOUGH and not (sock is listener and answers)
        ]
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
            if not answers[sock]:
                del answers[sock]
                if sock not in readers:
                    sock.close()
