"""select.poll and a ring of bytes per direction: it reads while there is room, and writes while there is data."""

import contextlib
import select
import socket

ROOM = 200_000


class Direction:
    """From `source` to `target`."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.data = bytearray()
        self.over = self.passed_on = False

    def read(self):
        piece = self.source.recv(ROOM - len(self.data))
        self.data += piece
        self.over = not piece

    def write(self):
        if self.data:
            del self.data[: self.target.send(self.data)]
        if self.over and not self.data and not self.passed_on:
            self.target.shutdown(socket.SHUT_WR)
            self.passed_on = True


class Pair:
    def __init__(self, near, far):
        self.near, self.far = near, far
        self.connecting = True
        self.up, self.down = Direction(near, far), Direction(far, near)

    def wants(self, sock):
        out, into = (self.up, self.down) if sock is self.near else (self.down, self.up)
        if self.connecting:
            return select.POLLOUT if sock is self.far else 0
        mask = select.POLLIN if not out.over and len(out.data) < ROOM else 0
        return mask | (select.POLLOUT if into.data else 0)

    def act(self, sock, event):
        if self.connecting:
            self.far.getpeername()
            self.connecting = False
            return
        out, into = (self.up, self.down) if sock is self.near else (self.down, self.up)
        if event & (select.POLLERR | select.POLLNVAL):
            raise ConnectionResetError
        if event & (select.POLLIN | select.POLLHUP) and not out.over and len(out.data) < ROOM:
            out.read()
        for direction in (out, into):
            with contextlib.suppress(BlockingIOError):
                direction.write()


def serve(listener, upstream):
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    listener.setblocking(False)
    pairs, masks = {}, {}

    def watch(sock, mask):
        number = sock.fileno()
        if mask and number not in masks:
            poller.register(number, mask)
        elif mask:
            poller.modify(number, mask)
        elif number in masks:
            poller.unregister(number)
        masks.pop(number, None)
        if mask:
            masks[number] = mask

    def begin():
        near, _ = listener.accept()
        far = socket.socket()
        near.setblocking(False)
        far.setblocking(False)
        pair = Pair(near, far)
        pairs[near.fileno()] = pairs[far.fileno()] = pair
        far.connect_ex(upstream)
        watch(far, select.POLLOUT)

    def end(pair):
        for sock in (pair.near, pair.far):
            watch(sock, 0)
            del pairs[sock.fileno()]
            sock.close()

    while True:
        for number, event in poller.poll():
            if number == listener.fileno():
                with contextlib.suppress(OSError):
                    begin()
                continue
            pair = pairs.get(number)
            if pair is None or number not in masks:
                continue
            try:
                pair.act(pair.near if number == pair.near.fileno() else pair.far, event)
            except BlockingIOError:
                pass
            except OSError:
                end(pair)
                continue
            if pair.up.passed_on and pair.down.passed_on:
                end(pair)
            else:
                watch(pair.near, pair.wants(pair.near))
                watch(pair.far, pair.wants(pair.far))
