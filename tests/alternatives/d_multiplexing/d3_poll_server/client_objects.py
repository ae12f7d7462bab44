"""A class for clients; they read on while they write, up to a megabyte; the wait has a long time-out."""

import select


class Client:
    def __init__(self, poller, sock):
        sock.setblocking(False)
        self.poller, self.sock, self.fd = poller, sock, sock.fileno()
        self.unsent, self.ended, self.mask = bytearray(), False, select.POLLIN
        poller.register(self.fd, self.mask)

    def on_event(self, event):
        """Whether the client is still there."""
        try:
            if event & select.POLLOUT:
                self.send()
            if event & select.POLLIN:
                self.receive()
        except BlockingIOError:
            return True
        except OSError:
            return False
        if event & (select.POLLERR | select.POLLHUP) and not event & select.POLLIN:
            return False
        return self.watch()

    def receive(self):
        data = self.sock.recv(32768)
        self.ended = not data
        self.unsent += data.upper()

    def send(self):
        with memoryview(self.unsent) as view:
            sent = self.sock.send(view[:100_000])
        del self.unsent[:sent]

    def watch(self):
        mask = select.POLLOUT if self.unsent else 0
        if not self.ended and len(self.unsent) < 1 << 20:
            mask |= select.POLLIN
        if mask != self.mask:
            self.mask = mask
            self.poller.modify(self.fd, mask)
        return bool(mask)

    def close(self):
        self.poller.unregister(self.fd)
        self.sock.close()


def serve(listener):
    poller = select.poll()
    listener.setblocking(False)
    poller.register(listener, select.POLLIN)
    clients = {}
    while True:
        for fd, event in poller.poll(60_000):
            client = clients.get(fd)
            if client is None:
                try:
                    while True:
                        sock, _ = listener.accept()
                        clients[sock.fileno()] = Client(poller, sock)
                except OSError:
                    continue
            if not client.on_event(event):
                clients.pop(fd).close()
