"""spawn runs a task up to its first sleep at once; run looks through a plain list for the sleeper that is due first."""

import time

from greenlet import getcurrent, greenlet


class Task:
    def __init__(self):
        self.value = self.error = None

    def work(self, function, args):
        try:
            self.value = function(*args)
        except Exception as error:
            self.error = error


class Hub:
    def __init__(self):
        self.sleepers = []

    def spawn(self, function, *args):
        task = Task()
        self._go_on(greenlet(task.work), function, args)
        return task

    def _go_on(self, runner, *args):
        runner.parent = getcurrent()
        runner.switch(*args)

    def sleep(self, seconds):
        me = getcurrent()
        self.sleepers.append((time.time() + seconds, me))
        me.parent.switch()

    def run(self):
        while self.sleepers:
            first = min(self.sleepers, key=lambda sleeper: sleeper[0])
            self.sleepers.remove(first)
            due, runner = first
            pause = due - time.time()
            if pause > 0:
                time.sleep(pause)
            self._go_on(runner)
