"""Futures as in asyncio: an await yields one, whose callbacks step the task; sockets are registered per wait.

Cancelling cancels the future that the task waits for. Cancelled is an ordinary Exception.
"""

import bisect
import selectors
import time


class Cancelled(Exception):
    pass


class Future:
    def __init__(self):
        self.outcome = None
        self.callbacks = []

    def settle(self, value=None, error=None):
        if self.outcome is None:
            self.outcome = (value, error)
            for callback in self.callbacks:
                loop.soon.append(callback)

    def cancel(self):
        self.settle(error=Cancelled())

    def __await__(self):
        if self.outcome is None:
            yield self
        value, error = self.outcome
        if error is not None:
            raise error
        return value


class Task(Future):
    def __init__(self, coroutine):
        super().__init__()
        self.coroutine, self.future, self.must_cancel = coroutine, None, False
        loop.left.append(self)
        loop.soon.append(self.step)

    async def join(self):
        waiting = Future()
        self.callbacks.append(waiting.settle)
        if self.outcome is None:
            await waiting
        value, error = self.outcome
        if error is not None:
            raise error
        return value

    def cancel(self):
        if self.outcome is None:
            if self.future is None or self.future.outcome:  # it can run, but has not yet
                self.must_cancel = True
            else:
                self.future.cancel()

    def step(self):
        try:
            if self.must_cancel:
                self.must_cancel = False
                self.future = self.coroutine.throw(Cancelled())
            else:
                self.future = self.coroutine.send(None)
        except StopIteration as end:
            self.over(value=end.value)
        except Exception as error:
            self.over(error=error)
        else:
            self.future.callbacks.append(self.step)

    def over(self, **outcome):
        loop.left.remove(self)
        self.settle(**outcome)


class Loop:
    def __init__(self):
        self.soon, self.left, self.timers, self.count = [], [], [], 0
        self.selector = selectors.DefaultSelector()

    def once(self):
        timeout = None
        if self.soon:
            timeout = 0
        elif self.timers:
            timeout = max(0, self.timers[0][0] - time.monotonic())
        for key, events in self.selector.select(timeout):
            for event, future in key.data.items():
                if events & event:
                    future.settle()
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            self.timers.pop(0)[2].settle()
        soon, self.soon = self.soon, []
        for callback in soon:
            callback()

    async def ready(self, sock, event):
        future, number = Future(), sock.fileno()
        key = self.selector.get_map().get(number)
        if key is None:
            self.selector.register(number, event, {event: future})
        else:
            self.selector.modify(number, key.events | event, {**key.data, event: future})
        try:
            await future
        finally:
            data = {e: f for e, f in self.selector.get_key(number).data.items() if f is not future}
            if data:
                self.selector.modify(number, sum(data), data)
            else:
                self.selector.unregister(number)


loop = None


def run(main):
    global loop
    loop = Loop()
    task = spawn(main)
    while task.outcome is None:
        loop.once()
    for other in list(loop.left):
        other.cancel()
    while loop.left:
        loop.once()
    value, error = task.outcome
    if error is not None:
        raise error
    return value


def spawn(coroutine):
    return Task(coroutine)


async def sleep(seconds):
    future = Future()
    loop.count += 1
    entry = (time.monotonic() + seconds, loop.count, future)
    bisect.insort(loop.timers, entry)
    try:
        await future
    finally:
        if entry in loop.timers:
            loop.timers.remove(entry)


async def accept(sock):
    while True:
        try:
            client, address = sock.accept()
        except BlockingIOError:
            await loop.ready(sock, selectors.EVENT_READ)
        else:
            client.setblocking(False)
            return client, address


async def recv(sock, n):
    while True:
        try:
            return sock.recv(n)
        except BlockingIOError:
            await loop.ready(sock, selectors.EVENT_READ)


async def sendall(sock, data):
    while data:
        try:
            data = data[sock.send(data) :]
        except BlockingIOError:
            await loop.ready(sock, selectors.EVENT_WRITE)


async def serve(listener):
    listener.setblocking(False)
    while True:
        client, _ = await accept(listener)
        spawn(talk(client))


async def talk(client):
    try:
        while data := await recv(client, 1 << 16):
            await sendall(client, data.upper())
            await sleep(0)  # recv may not have waited: let the others have their turn
    except OSError:
        pass
    finally:
        client.close()
