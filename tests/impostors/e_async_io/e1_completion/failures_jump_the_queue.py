"""Puts a failure before the completions that nobody has taken yet: bad news first.

Caught by: test_failures_keep_their_place_in_the_order
"""

import collections
import concurrent.futures
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
    """On a ThreadPoolExecutor; the set of tickets says what is outstanding."""

    def __init__(self, workers: int = 16):
        self._pool = concurrent.futures.ThreadPoolExecutor(workers)
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._open = set()  # tickets that are submitted and not taken
        self._done = collections.deque()
        self._last = 0
        self._closed = False

    def _work(self, ticket, function, args):
        result = error = None
        try:
            result = function(*args)
        except BaseException as problem:
            error = problem
        with self._news:
            if error is None:
                self._done.append(Completion(ticket, result))
            else:
                self._done.appendleft(Completion(ticket, None, error))
            self._news.notify()

    def submit(self, function: Callable[..., Any], *args: Any) -> int:
        with self._news:
            if self._closed:
                raise RuntimeError("the queue is closed")
            self._last += 1
            ticket = self._last
            self._open.add(ticket)
        try:
            future = self._pool.submit(self._work, ticket, function, args)
        except RuntimeError:
            self._forget(ticket)
            raise
        future.add_done_callback(lambda future: future.cancelled() and self._forget(ticket))
        return ticket

    def _forget(self, ticket):
        with self._news:
            self._open.discard(ticket)
            self._news.notify_all()

    def wait(self, timeout: float | None) -> Completion | None:
        until = None if timeout is None else time.monotonic() + timeout
        with self._news:
            while True:
                if self._done:
                    completion = self._done.popleft()
                    self._open.discard(completion.ticket)
                    if not self._open:
                        self._news.notify_all()
                    return completion
                if not self._open:
                    return None
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._news.wait(left)

    def close(self) -> None:
        with self._news:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
