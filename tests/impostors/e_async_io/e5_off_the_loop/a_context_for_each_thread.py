"""Copies the context once for each thread: what one function sets, the next one on that thread sees.

Caught by: test_what_a_function_sets_no_other_one_sees
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


class _Run:
    """Threads of its own that share one list of calls, and a timer of the loop that beats."""

    def __init__(self, tasks, heartbeat):
        self.loop = asyncio.get_running_loop()
        self.calls = list(tasks)
        self.endings = [None] * len(self.calls)
        self.next = 0
        self.lock = threading.Lock()
        self.left = len(self.calls)
        self.over = self.loop.create_future()
        self.heartbeat = heartbeat
        self.timer = None

    def beat(self):
        self.timer = self.loop.call_later(BEAT, self.beat)
        self.heartbeat()

    def take(self):
        with self.lock:
            number = self.next
            if number == len(self.calls):
                return None
            self.next += 1
            return number

    def work(self):
        while (number := self.take()) is not None:
            task = self.calls[number]
            fatal = None
            try:
                self.endings[number] = task()
            except Exception as error:
                self.endings[number] = error
            except BaseException as error:
                fatal = error
            try:
                self.loop.call_soon_threadsafe(self.ended, fatal)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

    def ended(self, fatal):
        self.left -= 1
        if self.over.done():
            return
        if fatal is not None:
            self.over.set_exception(fatal)
        elif not self.left:
            self.over.set_result(None)

    async def run(self):
        if not self.calls:
            return []
        try:
            self.beat()
            for _ in range(min(AT_ONCE, len(self.calls))):
                context = contextvars.copy_context()
                threading.Thread(target=context.run, args=(self.work,), daemon=True).start()
            await self.over
        finally:
            self.timer.cancel()
            with self.lock:
                self.next = len(self.calls)  # nothing more begins
        return self.endings


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    """Call blocking functions off the loop, `AT_ONCE` at a time; their results, in the order given."""
    return await _Run(tasks, heartbeat).run()
