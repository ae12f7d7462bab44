"""Leaves the hub to gevent, which has one of its own.

Caught by: test_nothing_but_greenlet_and_the_standard_library
"""

import gevent


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

        self.greenlets.append(gevent.spawn(work))
        return task

    def sleep(self, seconds):
        gevent.sleep(seconds)

    def run(self):
        while self.greenlets:
            self.greenlets.pop().join()
