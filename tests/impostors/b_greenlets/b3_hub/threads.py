"""Gives each task a thread of the system, in which time.sleep holds up nobody else.

Caught by: test_everything_happens_in_one_thread
"""

import threading
import time


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.threads = []

    def spawn(self, function, *args):
        task = Task()

        def work():
            try:
                task.value = function(*args)
            except Exception as error:
                task.error = error

        self.threads.append(threading.Thread(target=work))
        self.threads[-1].start()
        return task

    def sleep(self, seconds):
        time.sleep(seconds)

    def run(self):
        for thread in self.threads:
            thread.join()
