"""The standard library's sched keeps the times and sleeps; a task is an event of it each time it goes on."""

import sched
from types import SimpleNamespace

from greenlet import getcurrent, greenlet


class Hub:
    def __init__(self):
        self._scheduler = sched.scheduler()
        self._home = None

    def _resume(self, runner):
        runner.parent = self._home
        runner.switch()

    def spawn(self, function, *args):
        task = SimpleNamespace(value=None, error=None)

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self._scheduler.enter(0, 0, self._resume, (greenlet(work),))
        return task

    def sleep(self, seconds):
        self._scheduler.enter(seconds, 1, self._resume, (getcurrent(),))
        self._home.switch()

    def run(self):
        self._home = getcurrent()
        self._scheduler.run()
