"""Runs tasks that were spawned by tasks only when all the earlier ones have ended.

Caught by: test_tasks_spawned_by_tasks_run_beside_them
"""

import heapq
import itertools
import time

from greenlet import getcurrent, greenlet


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.agenda, self.spawned, self.numbers = [], [], itertools.count()

    def at(self, when, runner):
        heapq.heappush(self.agenda, (when, next(self.numbers), runner))

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self.spawned.append(greenlet(work))
        return task

    def sleep(self, seconds):
        self.at(time.monotonic() + seconds, getcurrent())
        self.home.switch()

    def run(self):
        self.home = getcurrent()
        while self.agenda or self.spawned:
            if not self.agenda:
                for runner in self.spawned:
                    self.at(0, runner)
                self.spawned = []
            when, _, runner = heapq.heappop(self.agenda)
            time.sleep(max(0.0, when - time.monotonic()))
            runner.parent = self.home
            runner.switch()
