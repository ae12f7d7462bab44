"""A class per role and singledispatch on the data of the key; a bytearray per client, read and sent in one turn."""

import selectors
from functools import singledispatchmethod


class Door:
    def __init__(self, sock):
        self.sock = sock


class Guest:
    def __init__(self, sock):
        self.sock, self.buffer, self.over = sock, bytearray(), False


class Server:
    LIMIT = 48 * 1024

    def __init__(self, listener):
        self.selector = selectors.DefaultSelector()
        listener.setblocking(False)
        self.selector.register(listener, selectors.EVENT_READ, Door(listener))

    @singledispatchmethod
    def handle(self, role, mask):
        raise TypeError(role)

    @handle.register
    def _(self, role: Door, mask):
        try:
            sock = role.sock.accept()[0]
        except OSError:
            return
        sock.setblocking(False)
        guest = Guest(sock)
        self.selector.register(sock, selectors.EVENT_READ, guest)

    @handle.register
    def _(self, role: Guest, mask):
        try:
            if mask & selectors.EVENT_READ:
                data = role.sock.recv(self.LIMIT)
                role.over = not data
                role.buffer.extend(data.upper())
            if mask & selectors.EVENT_WRITE or role.buffer:
                del role.buffer[: role.sock.send(role.buffer)]
        except (BlockingIOError, InterruptedError):
            pass
        except ConnectionError:
            role.over = True
            role.buffer.clear()
        if role.over and not role.buffer:
            self.selector.unregister(role.sock)
            role.sock.close()
            return
        wanted = selectors.EVENT_WRITE if role.buffer else 0
        if not role.over and len(role.buffer) < self.LIMIT:
            wanted |= selectors.EVENT_READ
        if wanted != self.selector.get_key(role.sock).events:
            self.selector.modify(role.sock, wanted, role)

    def run(self):
        while True:
            for key, mask in self.selector.select(timeout=60):
                self.handle(key.data, mask)


def serve(listener):
    Server(listener).run()
