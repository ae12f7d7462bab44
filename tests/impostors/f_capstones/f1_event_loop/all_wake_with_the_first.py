"""Wakes every sleeper when one alarm rings: the others have slept too little.

Caught by: test_everybody_sleeps_for_their_own_time
"""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import time
import types
from collections import deque
from collections.abc import Coroutine, Generator
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any


# A BaseException: `except Exception` around an await must not swallow a cancellation.
class Cancelled(BaseException):
    """Raised in a cancelled task, where it waits, and by its `join`."""


class Task:
    """A coroutine that the loop runs. `spawn` makes it."""

    def __init__(self, work: Coroutine):
        self.work = work
        self.scheduled = self.cancelling = self.done = False
        self.value, self.error = None, None
        self.joiners: list[Task] = []

    async def join(self) -> Any:
        """Wait until the task has ended; give what it returned, or raise what it raised.

        Raises Cancelled if the task was cancelled.
        """
        if not self.done:
            await _wait_among(self.joiners)
        return self.result()

    def cancel(self) -> None:
        """Raise Cancelled in the task, where it waits. If it has not begun, it never will."""
        if not self.done:
            self.cancelling = True
            _loop.wake(self)

    def step(self) -> None:
        """Let it run until it waits again, or ends."""
        self.scheduled = False
        try:
            if self.cancelling:
                self.cancelling = False
                # A coroutine that has not begun raises this at once, and runs nothing.
                self.work.throw(Cancelled())
            else:
                self.work.send(None)
            return
        except StopIteration as end:
            self.value = end.value
        except (Exception, Cancelled) as error:
            self.error = error
        self.done = True
        _loop.tasks.remove(self)
        for joiner in self.joiners:
            _loop.wake(joiner)

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class Watched:
    """A socket that the selector knows: what the kernel watches it for, and who waits for that."""

    def __init__(self, sock: socket.socket):
        self.sock, self.fd = sock, sock.fileno()
        self.mask = 0
        self.waiting: dict[int, list[Task]] = {EVENT_READ: [], EVENT_WRITE: []}

    def wanted(self) -> int:
        return sum(event for event, tasks in self.waiting.items() if tasks)


class Loop:
    """Runs everybody who can run. When nobody can, it waits for a socket or the next alarm."""

    def __init__(self) -> None:
        self.current: Task  # who runs now
        self.tasks: set[Task] = set()  # who has not ended
        self.runnable: deque[Task] = deque()
        self.alarms: list[list[Any]] = []  # a heap of [when, running number, task or None]
        self.numbers = itertools.count()
        self.selector = selectors.DefaultSelector()
        self.watched: dict[int, Watched] = {}  # by descriptor

    def run(self, main: Coroutine) -> Any:
        task = self.spawn(main)
        try:
            while not task.done:
                self.turn()
        finally:
            for left in self.tasks:
                left.cancel()
            while self.tasks:
                self.turn()
            self.selector.close()
        return task.result()

    def spawn(self, work: Coroutine) -> Task:
        task = Task(work)
        self.tasks.add(task)
        self.wake(task)
        return task

    def wake(self, task: Task) -> None:
        # Data and a cancellation may come in the same turn: one step is enough.
        if not task.scheduled:
            task.scheduled = True
            self.runnable.append(task)

    def turn(self) -> None:
        while self.alarms and self.alarms[0][2] is None:
            heapq.heappop(self.alarms)
        self.look_at_sockets(self.patience())
        now = time.monotonic()
        rings = bool(self.alarms) and self.alarms[0][0] <= now
        while rings and self.alarms:
            if sleeper := heapq.heappop(self.alarms)[2]:
                self.wake(sleeper)
        # Only these: whoever they wake comes after the next look at sockets and clock.
        for _ in range(len(self.runnable)):
            self.current = self.runnable.popleft()
            self.current.step()

    def patience(self) -> float | None:
        """How many seconds nobody has anything to do, if no socket has; None: for ever."""
        if self.runnable:
            return 0
        if not self.alarms and not self.watched:
            raise RuntimeError("every task waits for another one")
        return max(0, self.alarms[0][0] - time.monotonic()) if self.alarms else None

    def look_at_sockets(self, patience: float | None) -> None:
        """Wait, and wake everybody whose socket is ready."""
        if not self.watched:
            return time.sleep(patience or 0)  # on Windows select() refuses to watch nothing
        try:
            events = self.selector.select(patience)
        except OSError:  # select(), unlike its successors, minds that a watched socket was closed
            for closed in [one for one in self.watched.values() if one.sock.fileno() < 0]:
                self.watch(closed, 0)
            events = []
        for key, ready in events:
            watched = key.data
            for event in (EVENT_READ, EVENT_WRITE):
                for task in watched.waiting[event] if ready & event else ():
                    self.wake(task)
            # The mask stays when a wait is over: mostly the next one is for the same. Only if
            # something is ready that nobody waits for, it is narrowed, or it would come for ever.
            if ready & ~watched.wanted():
                self.watch(watched, watched.wanted())

    def waiting(self, sock: socket.socket, event: int) -> list[Task]:
        """Those who wait until `sock` is ready for `event`; the kernel watches for it from now on."""
        watched = self.watched.get(sock.fileno())
        # Sockets are closed behind our back, and the next one may get the same descriptor.
        if watched and watched.sock is not sock:
            self.watch(watched, 0)
            watched = None
        watched = watched or Watched(sock)
        if not watched.mask & event:
            self.watch(watched, watched.mask | event)
        return watched.waiting[event]

    def watch(self, watched: Watched, mask: int) -> None:
        """Have the kernel watch for `mask`, no more and no less."""
        if not watched.mask:
            self.selector.register(watched.fd, mask, watched)
            self.watched[watched.fd] = watched
        elif mask:
            self.selector.modify(watched.fd, mask, watched)
        else:
            self.selector.unregister(watched.fd)
            del self.watched[watched.fd]
        watched.mask = mask


_loop: Loop  # the one that runs


def run(main: Coroutine) -> Any:
    """Run the coroutine `main` to its end; then cancel every task that is left, and wait for it.

    Gives what `main` returned, or raises what it raised.
    """
    global _loop
    _loop = Loop()
    return _loop.run(main)


def spawn(coroutine: Coroutine) -> Task:
    """Have the loop run `coroutine` beside the others, as a task."""
    return _loop.spawn(coroutine)


# The only yield. Whoever waits leaves its name where it is to be woken, pauses, and takes its name
# away again in a `finally`: so a wait that was cancelled leaves nothing behind.
@types.coroutine
def _pause() -> Generator:
    yield


async def _wait_among(tasks: list[Task]) -> None:
    """Wait until those in this list are woken."""
    task = _loop.current
    tasks.append(task)
    try:
        await _pause()
    finally:
        tasks.remove(task)


async def sleep(seconds: float) -> None:
    """Let the others run for `seconds`."""
    alarm = [time.monotonic() + seconds, next(_loop.numbers), _loop.current]
    heapq.heappush(_loop.alarms, alarm)
    try:
        await _pause()
    finally:
        alarm[2] = None


async def accept(sock: socket.socket) -> tuple[socket.socket, Any]:
    """Wait for a client of the non-blocking listener `sock`: a non-blocking socket, its address.

    Errors of the socket come out.
    """
    while True:
        await _wait_among(_loop.waiting(sock, EVENT_READ))
        with suppress(BlockingIOError):
            client, address = sock.accept()
            client.setblocking(False)
            return client, address


async def recv(sock: socket.socket, n: int) -> bytes:
    """Wait for data; at most `n` bytes, b"" at its end. `sock` does not block; its errors come out."""
    while True:
        # First wait, then try: in a conversation the next message is hardly ever there yet.
        await _wait_among(_loop.waiting(sock, EVENT_READ))
        with suppress(BlockingIOError):
            return sock.recv(n)


async def sendall(sock: socket.socket, data: bytes) -> None:
    """Send all of `data`, waiting as often as needed. `sock` does not block; its errors come out."""
    rest = memoryview(data)
    while rest:
        # First try, then wait: there is nearly always room.
        try:
            rest = rest[sock.send(rest) :]
        except BlockingIOError:
            await _wait_among(_loop.waiting(sock, EVENT_WRITE))


async def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. Whatever a client
    does ends only itself. One that ends its sending side gets its whole answer, then end-of-file.
    One that does not read its answers is not read from for ever.
    """
    listener.setblocking(False)
    while True:
        try:
            client, _ = await accept(listener)
        except OSError:  # it has gone already, or descriptors have run out
            await sleep(0.1)
        else:
            spawn(_echo(client))


async def _echo(client: socket.socket) -> None:
    with client, suppress(OSError):
        while data := await recv(client, 65536):
            await sendall(client, data.upper())
