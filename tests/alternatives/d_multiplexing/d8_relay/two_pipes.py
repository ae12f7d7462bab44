"""Two one-way pipes per pair, each a small state machine of its own; masks are added up from the pipes at each end."""

import contextlib
import selectors
import socket
from collections import defaultdict


class Pipe:
    """From `source` to `sink`: a buffer, whether the end has been read, and whether it has been passed on."""

    SIZE = 96 * 1024

    def __init__(self, source, sink):
        self.source, self.sink = source, sink
        self.buffer, self.ended, self.told = bytearray(), False, False

    def fill(self):
        if self.ended or len(self.buffer) >= self.SIZE:
            return
        with contextlib.suppress(BlockingIOError):
            data = self.source.recv(self.SIZE - len(self.buffer))
            self.buffer += data
            self.ended = not data

    def drain(self):
        with contextlib.suppress(BlockingIOError):
            while self.buffer:
                del self.buffer[: self.sink.send(self.buffer)]
        if self.ended and not self.buffer and not self.told:
            self.told = True
            self.sink.shutdown(socket.SHUT_WR)

    def wishes(self):
        if not self.ended and len(self.buffer) < self.SIZE:
            yield self.source, selectors.EVENT_READ
        if self.buffer:
            yield self.sink, selectors.EVENT_WRITE


class Pair:
    def __init__(self, selector, near, upstream):
        self.selector, self.near = selector, near
        near.setblocking(False)
        family = socket.getaddrinfo(*upstream, flags=socket.AI_NUMERICHOST)[0][0]
        self.far = socket.socket(family, socket.SOCK_STREAM)
        self.far.setblocking(False)
        self.there, self.back = Pipe(near, self.far), Pipe(self.far, near)
        self.masks = {}
        self.connecting = True
        with contextlib.suppress(BlockingIOError):
            self.far.connect(upstream)
        self.watch({self.far: selectors.EVENT_WRITE})

    def go_on(self):
        """One of the two sockets is ready for something."""
        if self.connecting:
            if error := self.far.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, "upstream")
            try:
                self.far.getpeername()
            except OSError:
                return
            self.connecting = False
        for pipe in (self.there, self.back):
            pipe.fill()
            pipe.drain()
        if self.there.told and self.back.told:
            raise EOFError
        wanted = defaultdict(int)
        for pipe in (self.there, self.back):
            for sock, event in pipe.wishes():
                wanted[sock] |= event
        self.watch(wanted)

    def watch(self, wanted):
        for sock in (self.near, self.far):
            old, new = self.masks.get(sock, 0), wanted.get(sock, 0)
            if old and new and old != new:
                self.selector.modify(sock, new, self)
            elif old and not new:
                self.selector.unregister(sock)
            elif new and not old:
                self.selector.register(sock, new, self)
            self.masks[sock] = new

    def end(self):
        self.watch({})
        self.near.close()
        self.far.close()


def serve(listener, upstream):
    upstream = tuple(upstream)
    selector = selectors.DefaultSelector()
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                near = None
                try:
                    near, _ = listener.accept()
                    Pair(selector, near, upstream)
                except OSError:
                    if near:
                        near.close()
                continue
            pair = key.data
            if pair.near.fileno() == -1:
                continue
            try:
                pair.go_on()
            except (OSError, EOFError):
                pair.end()
