"""Returns when every task has had its first turn: whoever sleeps then is never resumed.

Caught by: test_naps_in_the_hub_overlap, test_a_thousand_tasks_sleep_side_by_side
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
        for _ in range(len(self.agenda)):
            when, _, runner = heapq.heappop(self.agenda)
            time.sleep(max(0.0, when - time.monotonic()))
            runner.parent = self.home
            runner.switch()
