"""An object per client with one method for its turn, and up to 1 MiB of unsent chunks in a deque."""

import threading
from collections import deque

ENOUGH = 1 << 20


class Client:
    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.chunks = deque()
        self.size = 0
        self.ended = False

    def turn(self):
        """Whether anything moved."""
        try:
            received = self.receive()
            return self.send() or received
        except OSError:
            self.ended = True
            self.chunks.clear()
            return True

    def receive(self):
        if self.ended or self.size > ENOUGH:
            return False
        try:
            data = self.sock.recv(16384)
        except BlockingIOError:
            return False
        if data:
            self.chunks.append(data.upper())
            self.size += len(data)
        else:
            self.ended = True
        return True

    def send(self):
        moved = False
        while self.chunks:
            try:
                sent = self.sock.send(self.chunks[0])
            except BlockingIOError:
                break
            moved = True
            self.size -= sent
            if sent < len(self.chunks[0]):
                self.chunks[0] = self.chunks[0][sent:]
                break
            self.chunks.popleft()
        return moved

    @property
    def gone(self):
        return self.ended and not self.chunks


def serve(listener, nap=0.0):
    listener.setblocking(False)
    clients, never = set(), threading.Event()
    while True:
        moved = False
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                break
            clients.add(Client(sock))
            moved = True
        for client in clients:
            moved |= client.turn()
        for client in [client for client in clients if client.gone]:
            clients.remove(client)
            client.sock.close()
        if nap and not moved:
            never.wait(nap)
