"""A worker that finds nothing to do ends and is still counted as running: after some quiet moments nobody is left.

Caught by: test_as_many_run_at_once_when_there_was_nothing_to_do_for_a_while
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple


class Completion(NamedTuple):
    """How one submitted call ended."""

    ticket: int  # what `submit` returned for it
    result: Any = None
    error: Exception | None = None  # None if it returned


class CompletionQueue:
    """Calls run beside the caller, at most `workers` of them at once; the others wait their turn."""

    def __init__(self, workers: int = 16):
        self._workers = workers
        self._tickets = itertools.count(1)
        self._waiting: deque[tuple[int, Callable[..., Any], tuple]] = deque()
        self._completed: deque[Completion] = deque()
        self._outstanding = 0  # submitted, and its completion not yet taken
        self._running = 0
        self._closed = False
        self._changed = threading.Condition()  # its lock guards all of the above

    def submit(self, function: Callable[..., Any], *args: Any) -> int:
        """Have `function(*args)` called, and return a ticket at once.

        Raises RuntimeError after `close`.
        """
        with self._changed:
            if self._closed:
                raise RuntimeError("the completion queue is closed")
            ticket = next(self._tickets)
            self._waiting.append((ticket, function, args))
            self._outstanding += 1
            if self._running < self._workers:
                self._running += 1
                threading.Thread(target=self._work, daemon=True).start()
        return ticket

    def _work(self) -> None:
        # A worker that finds nothing to do ends. So none waits, and none has to be told of the end.
        while call := self._next_call():
            ticket, function, args = call
            try:
                completion = Completion(ticket, result=function(*args))
            except Exception as error:
                completion = Completion(ticket, error=error)
            with self._changed:
                self._completed.append(completion)
                self._changed.notify()

    def _next_call(self) -> tuple[int, Callable[..., Any], tuple] | None:
        with self._changed:
            if self._waiting:
                return self._waiting.popleft()
            return None

    def wait(self, timeout: float | None) -> Completion | None:
        """The next completion, in the order in which the calls ended, or None after `timeout` seconds.

        None as `timeout` waits as long as it takes. A call that raised an Exception has completed,
        too. With nothing outstanding, that is when every completion has been taken, it returns
        None at once.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._completed or not self._outstanding, timeout)
            if not self._completed:
                return None
            self._outstanding -= 1
            if not self._outstanding:
                self._changed.notify_all()  # whoever else waits, waits for nothing now
            return self._completed.popleft()

    def close(self) -> None:
        """Take no more.

        What has begun finishes, and its completion can still be taken. What has not begun never
        runs and has no completion.
        """
        with self._changed:
            self._closed = True
            self._outstanding -= len(self._waiting)
            self._waiting.clear()
