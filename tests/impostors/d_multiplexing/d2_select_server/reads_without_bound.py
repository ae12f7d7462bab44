"""Reads on from a client that does not read its answers: they pile up without end.

Caught by: test_a_client_that_never_reads_costs_a_bounded_amount_of_memory
"""

import os
import select


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
        readable, writable, _ = select.select(readers, answers, [])
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
