"""Asks the clock again and again until somebody may go on, instead of sleeping.

Caught by: test_while_everybody_sleeps_the_thread_sleeps
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
            while time.monotonic() < when:
                pass
            runner.parent = self.home
            runner.switch()
