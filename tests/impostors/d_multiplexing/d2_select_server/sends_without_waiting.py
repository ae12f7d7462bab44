"""Answers where it received, and drops what the kernel will not take at that moment.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import os
import select


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers = [listener]
    while True:
        readable, _, _ = select.select(readers, [], [])
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
                sock.send(data.upper())
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                readers.remove(sock)
                sock.close()
