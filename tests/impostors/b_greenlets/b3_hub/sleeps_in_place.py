"""Sleeps in place: hub.sleep calls time.sleep, and the whole thread sleeps with it.

Caught by: test_naps_in_the_hub_overlap, test_a_thousand_tasks_sleep_side_by_side
"""

import time

from greenlet import greenlet


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.greenlets = []

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self.greenlets.append(greenlet(work))
        return task

    def sleep(self, seconds):
        time.sleep(seconds)

    def run(self):
        while self.greenlets:
            self.greenlets.pop(0).switch()
