"""Closes a pair when both sides have ended their sending, though data for one of them still waits.

Caught by: test_all_data_comes_before_the_end_of_file
"""

import errno
import selectors
import socket

LIMIT = 65536


class Side:
    def __init__(self, sock):
        self.sock = sock
        self.out = bytearray()  # what this side is still to be sent
        self.ended = False  # it has ended its sending
        self.shut = False  # we have ended ours towards it
        self.up = True
        self.mask = 0
        self.other = None


class Relay:
    def __init__(self, listener, upstream):
        self.upstream = upstream
        self.sel = selectors.DefaultSelector()
        listener.setblocking(False)
        self.listener = listener
        self.sel.register(listener, selectors.EVENT_READ, None)

    def run(self):
        while True:
            for key, mask in self.sel.select():
                side = key.data
                if side is None:
                    self.accept()
                elif side.sock.fileno() >= 0:
                    try:
                        self.step(side, mask)
                    except BlockingIOError:
                        pass
                    except OSError:
                        self.close(side)

    def accept(self):
        try:
            sock, _ = self.listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        up = socket.socket()
        up.setblocking(False)
        a, b = Side(sock), Side(up)
        a.other, b.other = b, a
        b.up = False
        e = up.connect_ex(self.upstream)
        if e not in (0, errno.EINPROGRESS):
            self.close(a)
            return
        self.watch(a)
        self.watch(b)

    def step(self, side, mask):
        if not side.up and mask & selectors.EVENT_WRITE:
            e = side.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if e:
                raise OSError(e, "connect")
            side.up = True
        if (
            mask & selectors.EVENT_READ
            and side.up
            and not side.ended
            and len(side.other.out) < LIMIT
        ):
            data = side.sock.recv(65536)
            if data:
                side.other.out += data
                self.push(side.other)
            else:
                side.ended = True
                self.push(side.other)
        if mask & selectors.EVENT_WRITE:
            self.push(side)
        self.finish(side)

    def finish(self, side):
        if side.ended and side.other.ended:
            self.close(side)
        else:
            self.watch(side)
            self.watch(side.other)

    def push(self, side):
        if side.up and side.out:
            try:
                n = side.sock.send(side.out)
            except BlockingIOError:
                n = 0
            del side.out[:n]
        if side.up and not side.out and side.other.ended and not side.shut:
            side.shut = True
            side.sock.shutdown(socket.SHUT_WR)

    def watch(self, side):
        mask = 0
        if side.up and not side.ended and len(side.other.out) < LIMIT:
            mask |= selectors.EVENT_READ
        if side.out or not side.up:
            mask |= selectors.EVENT_WRITE
        if mask == side.mask:
            return
        if not side.mask:
            self.sel.register(side.sock, mask, side)
        elif mask:
            self.sel.modify(side.sock, mask, side)
        else:
            self.sel.unregister(side.sock)
        side.mask = mask

    def close(self, side):
        for s in (side, side.other):
            if s.mask:
                self.sel.unregister(s.sock)
                s.mask = 0
            if s.sock.fileno() >= 0:
                s.sock.close()


def serve(listener, upstream):
    Relay(listener, upstream).run()
