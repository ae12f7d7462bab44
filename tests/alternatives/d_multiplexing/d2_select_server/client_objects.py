"""Objects with a fileno, which select takes as they are; chunks in a deque, up to 1 MiB of them."""

import os
import select
from collections import deque

ENOUGH = 1 << 20


class Client:
    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.chunks, self.size, self.ended = deque(), 0, False

    def fileno(self):
        return self.sock.fileno()

    @property
    def wants_to_read(self):
        return not self.ended and self.size < ENOUGH

    @property
    def wants_to_write(self):
        return bool(self.chunks)

    def read(self):
        data = self.sock.recv(65536)
        self.ended = not data
        if data:
            self.chunks.append(memoryview(data.upper()))
            self.size += len(data)

    def write(self):
        sent = self.sock.send(self.chunks[0])
        self.size -= sent
        self.chunks[0] = self.chunks[0][sent:]
        if not self.chunks[0]:
            self.chunks.popleft()


class Door:
    """The listener, dressed as a client that always wants to read."""

    wants_to_read, wants_to_write, ended, chunks = True, False, False, ()

    def __init__(self, listener, everybody):
        listener.setblocking(False)
        self.listener, self.everybody = listener, everybody

    def fileno(self):
        return self.listener.fileno()

    def read(self):
        while True:
            sock, _ = self.listener.accept()
            full = len(self.everybody) > 500 if os.name == "nt" else sock.fileno() >= 1024
            if full:
                sock.close()
            else:
                self.everybody.append(Client(sock))


def attempt(step):
    """Whether the connection is still whole."""
    try:
        step()
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def serve(listener):
    everybody = []
    door = Door(listener, everybody)
    everybody.append(door)
    while True:
        reading = [one for one in everybody if one.wants_to_read]
        writing = [one for one in everybody if one.wants_to_write]
        readable, writable, _ = select.select(reading, writing, [], 60)
        broken = {one for one in readable if not attempt(one.read)}
        broken |= {one for one in writable if one not in broken and not attempt(one.write)}
        broken.discard(door)
        gone = {one for one in everybody if one in broken or (one.ended and not one.chunks)}
        for one in gone:
            one.sock.close()
        everybody[:] = [one for one in everybody if one not in gone]
