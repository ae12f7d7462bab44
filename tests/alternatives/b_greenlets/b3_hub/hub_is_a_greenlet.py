"""The hub's loop is a greenlet of its own, the parent of all tasks; the ready and the sleeping are kept apart."""

import time
from collections import deque

import greenlet


class Task(greenlet.greenlet):
    value = None
    error = None

    def __init__(self, hub, function, args):
        super().__init__(parent=hub)
        self.call = function, args

    def run(self):
        function, args = self.call
        try:
            self.value = function(*args)
        except Exception as error:
            self.error = error


class Hub:
    def __init__(self):
        self.loop = greenlet.greenlet(self._loop)
        self.ready = deque()
        self.sleepers = []

    def spawn(self, function, *args):
        task = Task(self.loop, function, args)
        self.ready.append(task)
        return task

    def sleep(self, seconds):
        due = time.perf_counter() + seconds
        self.sleepers.append((due, greenlet.getcurrent()))
        self.sleepers.sort(key=lambda entry: entry[0])
        self.loop.switch()

    def _loop(self):
        while self.ready or self.sleepers:
            while self.ready:
                self.ready.popleft().switch()
            now = time.perf_counter()
            while self.sleepers and self.sleepers[0][0] <= now:
                self.ready.append(self.sleepers.pop(0)[1])
            if self.sleepers and not self.ready:
                time.sleep(self.sleepers[0][0] - now)

    def run(self):
        self.loop.parent = greenlet.getcurrent()
        self.loop.switch()
