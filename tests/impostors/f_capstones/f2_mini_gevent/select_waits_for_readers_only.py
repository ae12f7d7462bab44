"""The patched select waits for nobody who wants to send.

Caught by: test_select_waits_for_room_to_send[select]
"""

from __future__ import annotations

import errno
import heapq
import itertools
import os
import select
import selectors
import socket
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from greenlet import getcurrent, greenlet

# The originals: the hub itself, and it alone, really sleeps.
_sleep, _select, _Selector = time.sleep, select.select, selectors.DefaultSelector


class Wait:
    """A greenlet that has paused, and why it goes on."""

    def __init__(self) -> None:
        self.greenlet = getcurrent()
        self.woken = self.ready = False
        self.error: OSError | None = None


class Watched:
    """A descriptor that the selector knows, and who waits for it."""

    def __init__(self, fd: int):
        self.fd, self.mask = fd, 0
        self.waits: dict[int, list[Wait]] = {EVENT_READ: [], EVENT_WRITE: []}


class Hub:
    """Runs every greenlet that can run. When none can, it waits for descriptors and alarms."""

    def __init__(self) -> None:
        self.greenlet = greenlet(self.loop)
        self.runnable: deque[greenlet] = deque()
        self.alarms: list[list[Any]] = []  # a heap of [when, running number, wait or None]
        self.numbers = itertools.count()
        self.selector = _Selector()
        self.watched: dict[int, Watched] = {}

    def loop(self) -> None:
        while True:
            while self.alarms and self.alarms[0][2] is None:
                heapq.heappop(self.alarms)
            self.look_at_descriptors(self.patience())
            now = time.monotonic()
            while self.alarms and self.alarms[0][0] <= now:
                if wait := heapq.heappop(self.alarms)[2]:
                    self.wake(wait)
            for _ in range(len(self.runnable)):
                self.runnable.popleft().switch()

    def patience(self) -> float | None:
        """How many seconds nobody has anything to do, if no descriptor has; None: for ever."""
        if self.runnable:
            return 0
        if not self.alarms and not self.watched:
            # The hub dies of it. Its parent is the main greenlet, so it comes out of joinall.
            raise RuntimeError("everybody waits for somebody else")
        return max(0, self.alarms[0][0] - time.monotonic()) if self.alarms else None

    def look_at_descriptors(self, patience: float | None) -> None:
        if not self.watched:
            return _sleep(patience or 0)  # on Windows select() refuses to watch nothing
        for key, ready in self.selector.select(patience):
            for event in (EVENT_READ, EVENT_WRITE):
                for wait in key.data.waits[event] if ready & event else ():
                    wait.ready = True
                    self.wake(wait)

    def wake(self, wait: Wait) -> None:
        if not wait.woken:
            wait.woken = True
            self.runnable.append(wait.greenlet)

    def watch(self, watched: Watched) -> None:
        """Have the kernel watch for exactly what somebody waits for."""
        mask = sum(event for event, waits in watched.waits.items() if waits)
        if mask and not watched.mask:
            self.selector.register(watched.fd, mask, watched)
            self.watched[watched.fd] = watched
        elif mask:
            self.selector.modify(watched.fd, mask, watched)
        elif watched.mask:
            self.selector.unregister(watched.fd)
            del self.watched[watched.fd]
        watched.mask = mask

    def closed(self, fd: int) -> None:
        """Wake those who wait for a descriptor that is no more: the next socket may get its number."""
        if watched := self.watched.get(fd):
            left = [wait for waits in watched.waits.values() for wait in waits]
            watched.waits = {EVENT_READ: [], EVENT_WRITE: []}
            self.watch(watched)
            for wait in left:
                wait.error = OSError(errno.EBADF, "closed while somebody waited for it")
                self.wake(wait)


_hub = Hub()


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _pause(wanted: Iterable[tuple[int, int]], deadline: float | None) -> bool:
    """Pause until one of `wanted` (descriptor, event) is ready, or until the `deadline`: is one?"""
    wait, alarm, places = Wait(), None, []
    try:
        for fd, event in wanted:
            watched = _hub.watched.get(fd) or Watched(fd)
            watched.waits[event].append(wait)
            places.append((watched, event))
            _hub.watch(watched)
        if deadline is not None:
            alarm = [deadline, next(_hub.numbers), wait]
            heapq.heappush(_hub.alarms, alarm)
        _hub.greenlet.switch()
    finally:
        for watched, event in places:
            if wait in watched.waits[event]:
                watched.waits[event].remove(wait)
                _hub.watch(watched)
        if alarm:
            alarm[2] = None
    if wait.error:
        raise wait.error
    return wait.ready


class Task(greenlet):
    """A function that runs in a greenlet of its own. `spawn` makes it."""

    def __init__(self, work: Callable[[], Any]):
        super().__init__(self._run, _hub.greenlet)  # at its end control goes to the hub
        self.work, self.joiners = work, []

    def _run(self) -> None:
        try:
            self.work()
        except Exception:
            traceback.print_exc()
        for wait in self.joiners:
            _hub.wake(wait)


def spawn(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run function(*args, **kwargs) beside the others, in a greenlet.

    An Exception ends only this greenlet; its traceback is printed.
    """
    task = Task(partial(function, *args, **kwargs))
    _hub.runnable.append(task)
    return task


def joinall(tasks: Iterable[Task]) -> None:
    """Let the greenlets run until all of `tasks` have ended."""
    for task in tasks:
        if not task.dead:
            wait = Wait()
            task.joiners.append(wait)
            _hub.greenlet.switch()


def sleep(seconds: float = 0) -> None:
    """Let the others run for `seconds`."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _pause((), _deadline(seconds))


class Socket(socket.socket):
    """A socket whose blocking calls pause the greenlet that makes them, not the thread.

    The kernel is never asked to wait: underneath it does not block, and its time-out is kept here.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.settimeout(socket.getdefaulttimeout())

    def settimeout(self, seconds: float | None) -> None:
        super().settimeout(seconds)  # it knows which values make no sense
        super().setblocking(False)
        self._patience = seconds

    def setblocking(self, flag: bool) -> None:
        self.settimeout(None if flag else 0.0)

    def gettimeout(self) -> float | None:
        return self._patience

    def _wait(self, error: BlockingIOError, event: int, deadline: float | None) -> None:
        """Wait, since an attempt would have blocked: that is the `error`."""
        if self._patience == 0:
            raise error
        if not _pause([(self.fileno(), event)], deadline):
            raise TimeoutError("timed out")

    def _attempt(self, event: int, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        deadline = _deadline(self._patience)
        while True:
            try:
                return call(*args, **kwargs)
            except BlockingIOError as error:
                self._wait(error, event, deadline)

    def accept(self) -> tuple[socket.socket, Any]:
        return self._attempt(EVENT_READ, super().accept)

    def recv(self, *args: Any) -> bytes:
        return self._attempt(EVENT_READ, super().recv, *args)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        return self._attempt(EVENT_READ, super().recv_into, *args, **kwargs)

    def send(self, *args: Any) -> int:
        return self._attempt(EVENT_WRITE, super().send, *args)

    def sendall(self, data: Any, flags: int = 0) -> None:
        rest, deadline = memoryview(data).cast("B"), _deadline(self._patience)
        while rest:
            try:
                rest = rest[super().send(rest, flags) :]
            except BlockingIOError as error:
                self._wait(error, EVENT_WRITE, deadline)

    def connect(self, address: Any) -> None:
        try:
            super().connect(address)
        except BlockingIOError as error:
            self._wait(error, EVENT_WRITE, _deadline(self._patience))
            if number := self.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(number, os.strerror(number)) from None

    def close(self) -> None:
        fd = self.fileno()
        super().close()
        if self.fileno() != fd:  # else a file made by makefile() still needs it
            _hub.closed(fd)


def _look_again(
    look: Callable[[], Any], wanted: list[tuple[int, int]], seconds: float | None
) -> Any:
    """What `look` sees, as soon as it sees something or `seconds` have passed."""
    deadline = _deadline(seconds)
    while True:
        seen = look()
        if any(seen) or (deadline is not None and deadline <= time.monotonic()):
            return seen
        _pause(wanted, deadline)


def _select_in_hub(rlist: Any, wlist: Any, xlist: Any, timeout: float | None = None) -> Any:
    wanted = [
        (sock if isinstance(sock, int) else sock.fileno(), event)
        for event, sockets in ((EVENT_READ, rlist),)
        for sock in sockets
    ]
    return _look_again(lambda: _select(rlist, wlist, xlist, 0), wanted, timeout)


def _selector_in_hub(kind: type) -> type:
    class InHub(kind):
        def select(self, timeout: float | None = None) -> list:
            wanted = [
                (key.fd, event)
                for key in self.get_map().values()
                for event in (EVENT_READ, EVENT_WRITE)
                if key.events & event
            ]
            return _look_again(lambda: kind.select(self, 0), wanted, timeout)

    return InHub


def patch() -> None:
    """Have code that is imported from now on wait in the hub, though it knows nothing of it.

    Covered are time.sleep, socket.socket, select.select and the classes of selectors; threads,
    locks, names (DNS) and TLS are not. Numeric addresses are no names.
    """
    time.sleep, socket.socket, select.select = sleep, Socket, _select_in_hub
    for name in ("Default", "Select", "Poll", "Epoll", "Devpoll", "Kqueue"):
        if kind := getattr(selectors, f"{name}Selector", None):
            setattr(selectors, f"{name}Selector", _selector_in_hub(kind))


if __name__ == "__main__":
    patch()

    def twice(what: str) -> None:
        print(f"Ada {what} 1")
        time.sleep(2)
        print(f"Ada {what} 2")

    started = time.perf_counter()
    joinall([spawn(twice, "eat"), spawn(twice, "play")])
    print(f"2 s and 2 s: {time.perf_counter() - started:.1f} s")
