"""Catches BaseException in every task: Ctrl-C becomes one task's error, and the program goes on.

Caught by: test_ctrl_c_is_no_tasks_error
"""

import heapq
import itertools
import time

from greenlet import getcurrent, greenlet


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.agenda, self.numbers = [], itertools.count()

    def at(self, when, runner):
        heapq.heappush(self.agenda, (when, next(self.numbers), runner))

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except BaseException as error:
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
