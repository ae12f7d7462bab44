"""Goes round by round: nobody goes on before the longest sleep of the round is over.

Caught by: test_everybody_sleeps_for_their_own_time
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
            now, self.agenda = self.agenda, []
            time.sleep(max(0.0, max(now)[0] - time.monotonic()))
            for _, _, runner in now:
                runner.parent = self.home
                runner.switch()
