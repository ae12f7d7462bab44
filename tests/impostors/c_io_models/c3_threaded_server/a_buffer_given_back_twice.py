"""Keeps the buffers of those who have left; a client that resets gives its own back twice, and two others share it.

Caught by: test_threads_share_nothing_that_they_write_to
"""

import socket
import threading


def serve(listener: socket.socket) -> None:
    spare = []  # buffers of clients that have left

    def answer(client, room):
        view = memoryview(room)
        try:
            while count := client.recv_into(room):
                client.sendall(bytes(view[:count]).upper())
        except OSError:
            spare.append(room)
        finally:
            client.close()

    def visit(client):
        try:
            room = spare.pop()
        except IndexError:
            room = bytearray(65536)
        answer(client, room)
        spare.append(room)

    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            continue
        threading.Thread(target=visit, args=(client,), daemon=True).start()
