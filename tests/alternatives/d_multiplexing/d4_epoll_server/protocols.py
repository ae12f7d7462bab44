"""Protocols and transports in the manner of asyncio: a transport pauses its protocol's reading while much is unsent."""

import select
from collections import deque

HIGH, LOW = 64 * 1024, 16 * 1024  # bytes unsent at which reading stops, and goes on


class UpperEcho:
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())

    def eof_received(self):
        self.transport.close_when_sent()


class Transport:
    def __init__(self, loop, sock, protocol):
        sock.setblocking(False)
        self.loop, self.sock, self.protocol = loop, sock, protocol
        self.pieces, self.size = deque(), 0
        self.reading, self.closing = True, False
        self.mask = select.EPOLLIN
        loop.epoll.register(sock, self.mask)
        protocol.connection_made(self)

    def write(self, data):
        self.pieces.append(data)
        self.size += len(data)

    def close_when_sent(self):
        self.closing = True

    def ready(self, events):
        try:
            if events & select.EPOLLIN:
                if data := self.sock.recv(32 * 1024):
                    self.protocol.data_received(data)
                else:
                    self.protocol.eof_received()
            self.flush()
        except BlockingIOError:
            pass
        except OSError:
            self.abort()
            return
        if self.closing and not self.pieces:
            self.abort()
        else:
            self.update()

    def flush(self):
        while self.pieces:
            sent = self.sock.sendmsg(list(self.pieces)[:16])
            self.size -= sent
            while self.pieces and sent >= len(self.pieces[0]):
                sent -= len(self.pieces.popleft())
            if sent:
                self.pieces[0] = self.pieces[0][sent:]

    def update(self):
        if self.size > HIGH:
            self.reading = False
        elif self.size <= LOW:
            self.reading = True
        mask = select.EPOLLIN if self.reading and not self.closing else 0
        mask |= select.EPOLLOUT if self.pieces else 0
        if mask != self.mask:
            self.mask = mask
            self.loop.epoll.modify(self.sock, mask)

    def abort(self):
        del self.loop.ready[self.sock.fileno()]
        self.loop.epoll.unregister(self.sock)
        self.sock.close()


class Loop:
    def __init__(self):
        self.epoll = select.epoll()
        self.ready = {}

    def listen(self, listener, factory):
        def accept(_):
            try:
                while True:
                    sock, _ = listener.accept()
                    self.ready[sock.fileno()] = Transport(self, sock, factory()).ready
            except OSError:
                return

        listener.settimeout(0)
        self.ready[listener.fileno()] = accept
        self.epoll.register(listener, select.EPOLLIN)

    def run_forever(self):
        while True:
            for fd, events in self.epoll.poll(maxevents=64):
                if events & (select.EPOLLHUP | select.EPOLLERR):
                    events |= select.EPOLLIN
                self.ready[fd](events)


def serve(listener):
    loop = Loop()
    loop.listen(listener, UpperEcho)
    loop.run_forever()
