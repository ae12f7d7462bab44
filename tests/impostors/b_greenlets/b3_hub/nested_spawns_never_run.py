"""Goes through a copy of the tasks that were there when it began: tasks spawned by tasks never run.

Caught by: test_tasks_spawned_by_tasks_run_to_their_end, test_tasks_spawned_by_tasks_run_beside_them
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
        for runner in tuple(self.spawned):
            self.at(0, runner)
        while self.agenda:
            when, _, runner = heapq.heappop(self.agenda)
            time.sleep(max(0.0, when - time.monotonic()))
            runner.parent = self.home
            runner.switch()
