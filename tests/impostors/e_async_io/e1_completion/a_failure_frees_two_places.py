"""A call that fails gives its place back twice: after each failure one call more runs at once.

Caught by: test_no_more_run_at_once_when_some_have_failed
"""

import collections
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Completion(NamedTuple):
    """How one submitted call ended."""

    ticket: int  # what `submit` returned for it
    result: Any = None
    error: Exception | None = None  # None if it returned


class CompletionQueue:
    """A thread for each call, never more than `workers`: who ends hands its place to the next call."""

    def __init__(self, workers: int = 16):
        self._places = workers
        self._mutex = threading.RLock()
        self._change = threading.Condition(self._mutex)
        self._numbers = itertools.count(1000)
        self._backlog = []  # newest first
        self._running = 0
        self._finished = collections.OrderedDict()
        self._closed = False

    def submit(self, function: Callable[..., Any], *args: Any) -> int:
        with self._mutex:
            if self._closed:
                raise RuntimeError("submit after close")
            ticket = next(self._numbers)
            self._backlog.insert(0, (ticket, function, args))
            self._begin()
            return ticket

    def _begin(self):
        while self._backlog and self._running < self._places:
            self._running += 1
            threading.Thread(target=self._call, args=self._backlog.pop(), daemon=True).start()

    def _call(self, ticket, function, args):
        try:
            completion = Completion(ticket, function(*args))
        except BaseException as error:
            completion = Completion(ticket, error=error)
            with self._mutex:
                self._places += 1  # this thread is as good as gone
                self._begin()
        with self._mutex:
            self._finished[ticket] = completion
            self._running -= 1
            self._begin()
            self._change.notify_all()

    def wait(self, timeout: float | None) -> Completion | None:
        started = time.monotonic()
        with self._mutex:
            while not self._finished:
                if not self._running and not self._backlog:
                    return None
                if timeout is None:
                    self._change.wait()
                    continue
                left = started + timeout - time.monotonic()
                if left <= 0:
                    return None
                self._change.wait(left)
            _, completion = self._finished.popitem(last=False)
            self._change.notify_all()
            return completion

    def close(self) -> None:
        with self._mutex:
            self._closed = True
            self._backlog.clear()
            self._change.notify_all()
