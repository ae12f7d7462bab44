"""A Task is a greenlet itself; the ready stand in a deque, the sleepers in a sorted list; an Event sleeps."""

import bisect
import time
from collections import deque
from threading import Event

import greenlet


class Task(greenlet.greenlet):
    def __init__(self, function, args):
        super().__init__()
        self.function, self.args = function, args
        self.value = self.error = None

    def run(self):
        try:
            self.value = self.function(*self.args)
        except Exception as error:
            self.error = error


class Hub:
    def __init__(self):
        self.ready, self.sleepers, self.nap = deque(), [], Event()

    def spawn(self, function, *args):
        task = Task(function, args)
        self.ready.append(task)
        return task

    def sleep(self, seconds):
        me = greenlet.getcurrent()
        if seconds > 0:
            bisect.insort(self.sleepers, (time.perf_counter() + seconds, id(me), me))
        else:
            self.ready.append(me)
        self.home.switch()

    def run(self):
        self.home = greenlet.getcurrent()
        while self.ready or self.sleepers:
            if not self.ready:
                self.nap.wait(max(0, self.sleepers[0][0] - time.perf_counter()))
            while self.sleepers and self.sleepers[0][0] <= time.perf_counter():
                self.ready.append(self.sleepers.pop(0)[2])
            for _ in range(len(self.ready)):
                task = self.ready.popleft()
                task.parent = self.home
                task.switch()
