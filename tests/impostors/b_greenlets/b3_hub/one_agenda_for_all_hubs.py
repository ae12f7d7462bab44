"""Keeps the agenda in the class: a list there belongs to all hubs, and each of them runs the tasks of the others.

Caught by: test_two_hubs_know_nothing_of_each_other
"""

import heapq
import itertools
import time

from greenlet import getcurrent, greenlet


class Task:
    value = error = None


class Hub:
    agenda, numbers = [], itertools.count()

    def at(self, when, runner):
        heapq.heappush(self.agenda, (when, next(self.numbers), runner))

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self.at(time.monotonic(), greenlet(work))
        return task

    def sleep(self, seconds):
        self.at(time.monotonic() + seconds, getcurrent())
        self.home.switch()

    def run(self):
        self.home = getcurrent()
        while self.agenda:
            when, _, runner = heapq.heappop(self.agenda)
            time.sleep(max(0.0, when - time.monotonic()))
            runner.parent = self.home
            runner.switch()
