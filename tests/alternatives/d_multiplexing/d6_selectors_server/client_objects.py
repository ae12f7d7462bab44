"""A bound method as callback per key; reading stops above a high watermark until a low one is reached."""

from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

LOW, HIGH = 1 << 16, 1 << 19


class Client:
    def __init__(self, selector, sock):
        sock.setblocking(False)
        self.selector, self.sock = selector, sock
        self.unsent = bytearray()
        self.ended = self.paused = False
        self.mask = EVENT_READ
        selector.register(sock, self.mask, self.on_event)

    def on_event(self, mask):
        try:
            if mask & EVENT_WRITE:
                del self.unsent[: self.sock.send(self.unsent[:65536])]
            if mask & EVENT_READ:
                data = self.sock.recv(65536)
                self.unsent += data.upper()
                self.ended = not data
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        self.watch()

    def watch(self):
        self.paused = len(self.unsent) > (LOW if self.paused else HIGH)
        reading = EVENT_READ if not self.ended and not self.paused else 0
        mask = reading | (EVENT_WRITE if self.unsent else 0)
        if not mask:
            self.close()
        elif mask != self.mask:
            self.mask = mask
            self.selector.modify(self.sock, mask, self.on_event)

    def close(self):
        self.selector.unregister(self.sock)
        self.sock.close()


class Door:
    def __init__(self, selector, listener):
        listener.setblocking(False)
        self.selector, self.listener = selector, listener
        selector.register(listener, EVENT_READ, self.on_event)

    def on_event(self, mask):
        try:
            while True:
                Client(self.selector, self.listener.accept()[0])
        except OSError:
            return


def serve(listener):
    with DefaultSelector() as selector:
        Door(selector, listener)
        while True:
            for key, mask in selector.select(timeout=60):
                key.data(mask)
