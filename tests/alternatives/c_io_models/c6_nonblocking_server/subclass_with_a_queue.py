"""Each client is a subclass of socket with a queue of pieces; rounds go over a deque that turns."""

import socket
import time
from collections import deque


class Client(socket.socket):
    def __init__(self, fileno):
        super().__init__(socket.AF_INET, socket.SOCK_STREAM, 0, fileno)
        self.setblocking(False)
        self.pieces = deque()
        self.talks = True

    def turn(self):
        """Whether anything moved; EOFError when it is over."""
        moved = False
        try:
            if self.talks and len(self.pieces) < 4:
                data = self.recv(16384)
                moved = True
                self.pieces.append(memoryview(data.upper()))
                self.talks = bool(data)
        except BlockingIOError:
            pass
        try:
            while self.pieces:
                piece = self.pieces.popleft()
                sent = 0
                try:
                    sent = self.send(piece)
                    moved = moved or sent > 0
                finally:
                    if sent < len(piece):
                        self.pieces.appendleft(piece[sent:])
                if sent < len(piece):
                    break
        except BlockingIOError:
            pass
        if not self.talks and not self.pieces:
            raise EOFError
        return moved


def serve(listener, nap=0.0):
    listener.setblocking(False)
    clients = deque()
    while True:
        moved = False
        try:
            while True:
                connection, _ = listener.accept()
                clients.append(Client(connection.detach()))
                moved = True
        except OSError:
            pass
        for _ in range(len(clients)):
            client = clients.popleft()
            try:
                moved = client.turn() or moved
            except (OSError, EOFError):
                client.close()
            else:
                clients.append(client)
        if not moved and nap:
            time.sleep(nap)
