"""asyncio, of the standard library, keeps the times: a greenlet for each task, resumed by call_later."""

import asyncio
from dataclasses import dataclass
from typing import Any

from greenlet import getcurrent, greenlet


@dataclass
class Task:
    value: Any = None
    error: Exception | None = None


class Hub:
    def __init__(self):
        self._waiting = []
        self._alive = 0
        self._loop = None

    def _resume(self, runner):
        runner.parent = getcurrent()
        runner.switch()
        if runner.dead:
            self._alive -= 1
            if not self._alive:
                self._loop.stop()

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self._alive += 1
        if self._loop:
            self._loop.call_soon(self._resume, greenlet(work))
        else:
            self._waiting.append(greenlet(work))
        return task

    def sleep(self, seconds):
        me = getcurrent()
        self._loop.call_later(seconds, self._resume, me)
        me.parent.switch()

    def run(self):
        self._loop = asyncio.new_event_loop()
        try:
            for runner in self._waiting:
                self._loop.call_soon(self._resume, runner)
            if self._alive:
                self._loop.run_forever()
        finally:
            self._loop.close()
            self._loop = None
            self._waiting.clear()
