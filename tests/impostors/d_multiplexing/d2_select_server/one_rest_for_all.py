"""Keeps what did not fit in one variable for all clients: of two that stall, one gets the rest of the other.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import os
import select

ENOUGH = 65536


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers, writers, rest = [listener], [], b""
    while True:
        readable, writable, _ = select.select(readers, writers, [])
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
                data = b""
            if not data:
                readers.remove(sock)
                sock.close()
                continue
            answer = data.upper()
            try:
                left = answer[sock.send(answer) :]
            except BlockingIOError:
                left = answer
            except OSError:
                readers.remove(sock)
                sock.close()
                continue
            if left:
                rest = left
                readers.remove(sock)
                writers.append(sock)

        for sock in writable:
            try:
                rest = rest[sock.send(rest) :]
            except BlockingIOError:
                continue
            except OSError:
                writers.remove(sock)
                sock.close()
                continue
            if not rest:
                writers.remove(sock)
                readers.append(sock)
