"""Looks at the wake-up times only when nobody is ready: who gives way again and again keeps all others asleep.

Caught by: test_who_only_gives_way_holds_nobody_up
"""

import heapq
import itertools
import time
from collections import deque

from greenlet import getcurrent, greenlet


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.ready, self.sleepers, self.numbers = deque(), [], itertools.count()

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self.ready.append(greenlet(work))
        return task

    def sleep(self, seconds):
        if seconds:
            when = time.monotonic() + seconds
            heapq.heappush(self.sleepers, (when, next(self.numbers), getcurrent()))
        else:
            self.ready.append(getcurrent())
        self.home.switch()

    def run(self):
        self.home = getcurrent()
        while self.ready or self.sleepers:
            if not self.ready:
                when, _, runner = heapq.heappop(self.sleepers)
                time.sleep(max(0.0, when - time.monotonic()))
                self.ready.append(runner)
            runner = self.ready.popleft()
            runner.parent = self.home
            runner.switch()
