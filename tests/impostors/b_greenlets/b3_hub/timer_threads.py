"""Runs the tasks in one thread, but has a timer thread of the system for every sleeper.

Caught by: test_everything_happens_in_one_thread
"""

import queue
import threading

from greenlet import getcurrent, greenlet


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.ready, self.alive = queue.SimpleQueue(), 0

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error
            self.alive -= 1

        self.alive += 1
        self.ready.put(greenlet(work))
        return task

    def sleep(self, seconds):
        threading.Timer(seconds, self.ready.put, [getcurrent()]).start()
        self.home.switch()

    def run(self):
        self.home = getcurrent()
        while self.alive:
            runner = self.ready.get()
            runner.parent = self.home
            runner.switch()
