"""Tasks begin in spawn, and a cancellation is thrown in at once; a coroutine yields whom to call with its waker.

Sockets stay registered and are matched by identity; a waker that is no longer wanted does nothing.
"""

import heapq
import selectors
import time
from contextlib import suppress
from itertools import count
from types import coroutine


class Cancelled(Exception):
    pass


selector = None
alarms, order, alive, ends = [], count(), [], []
owners = {}  # descriptor: [socket, mask, {event: waker}]


@coroutine
def suspend(arrange):
    yield arrange


class Task:
    def __init__(self, work):
        self.work, self.wait = work, 0
        self.over, self.value, self.error, self.joiners = False, None, None, []
        self.running = self.doomed = False
        alive.append(self)
        self.go(lambda: self.work.send(None))

    def go(self, step):
        self.wait += 1
        mine = self.wait
        self.running = True
        try:
            arrange = step()
            while self.doomed:
                self.doomed = False
                arrange = self.work.throw(Cancelled())
        except StopIteration as end:
            self.finish(end.value, None)
        except Exception as error:
            self.finish(None, error)
        else:
            self.running = False
            arrange(lambda: mine == self.wait and self.go(lambda: self.work.send(None)))

    def finish(self, value, error):
        self.running = False
        self.over, self.value, self.error = True, value, error
        alive.remove(self)
        for wake in self.joiners:
            soon(wake)

    async def join(self):
        if not self.over:
            await suspend(self.joiners.append)
        if self.error:
            raise self.error
        return self.value

    def cancel(self):
        if self.running:
            self.doomed = True
        elif not self.over:
            self.go(lambda: self.work.throw(Cancelled()))


def soon(wake, seconds=0.0):
    heapq.heappush(alarms, (time.monotonic() + seconds, next(order), wake))


def watch(sock, event, wake):
    fd = sock.fileno()
    if fd in owners and owners[fd][0] is not sock:
        selector.unregister(fd)
        del owners[fd]
    owner = owners.setdefault(fd, [sock, 0, {}])
    owner[2][event] = wake
    set_mask(fd, owner[1] | event)


def set_mask(fd, mask):
    owner = owners[fd]
    if mask == owner[1]:
        return
    if not owner[1]:
        selector.register(fd, mask)
    elif mask:
        selector.modify(fd, mask)
    else:
        selector.unregister(fd)
        del owners[fd]
    owner[1] = mask


def forget_closed():
    for fd, owner in list(owners.items()):
        if owner[0].fileno() != fd:
            set_mask(fd, 0)


def turn():
    if isinstance(selector, selectors.SelectSelector):  # the others do not mind
        forget_closed()
    timeout = max(0, alarms[0][0] - time.monotonic()) if alarms else None
    if not owners:  # on Windows select() refuses to watch nothing
        time.sleep(timeout or 0)
    for key, events in selector.select(timeout) if owners else ():
        owner = owners.get(key.fd)
        if owner is None:
            continue
        for event in (selectors.EVENT_READ, selectors.EVENT_WRITE):
            if events & event:
                if wake := owner[2].pop(event, None):
                    soon(wake)
                else:
                    set_mask(key.fd, owner[1] & ~event)
                    if not owner[1]:
                        break
    now = time.monotonic()
    due = []
    while alarms and alarms[0][0] <= now:
        due.append(heapq.heappop(alarms)[2])
    for wake in due:
        wake()


def run(main):
    global selector
    selector = selectors.DefaultSelector()
    task = spawn(main)
    while not task.over:
        turn()
    for other in list(alive):
        other.cancel()
    while alive:
        turn()
    selector.close()
    if task.error:
        raise task.error
    return task.value


def spawn(work):
    return Task(work)


async def sleep(seconds):
    await suspend(lambda wake: soon(wake, seconds))


async def ready(sock, event):
    await suspend(lambda wake: watch(sock, event, wake))


async def accept(sock):
    while True:
        await ready(sock, selectors.EVENT_READ)
        try:
            client, address = sock.accept()
        except BlockingIOError:
            continue
        client.setblocking(False)
        return client, address


async def recv(sock, n):
    while True:
        await ready(sock, selectors.EVENT_READ)
        try:
            return sock.recv(n)
        except BlockingIOError:
            pass


async def sendall(sock, data):
    data = bytearray(data)
    while data:
        await ready(sock, selectors.EVENT_WRITE)
        with suppress(BlockingIOError):
            del data[: sock.send(data[:262144])]


async def serve(listener):
    listener.setblocking(False)
    while True:
        client, _ = await accept(listener)
        spawn(talk(client))


async def talk(client):
    with client:
        try:
            while data := await recv(client, 65536):
                await sendall(client, data.upper())
        except OSError:
            pass
