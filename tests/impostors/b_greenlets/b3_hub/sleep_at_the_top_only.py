"""Runs tasks as generators if it can, as plain calls otherwise: a sleep inside an ordinary call blocks everybody.

Caught by: test_naps_in_the_hub_overlap
"""

import heapq
import inspect
import time
from collections import deque


class Task:
    value = error = None


class Hub:
    def __init__(self):
        self.ready, self.sleeping = deque(), []

    def spawn(self, function, *args):
        task = Task()
        self.ready.append((task, function, args))
        return task

    def sleep(self, seconds):
        time.sleep(seconds)

    def run(self):
        while self.ready or self.sleeping:
            if self.ready:
                task, function, args = self.ready.popleft()
                try:
                    result = function(*args)
                    if inspect.isgenerator(result):
                        heapq.heappush(self.sleeping, (time.monotonic(), id(task), task, result))
                    else:
                        task.value = result
                except Exception as error:
                    task.error = error
                continue
            due, _, task, steps = heapq.heappop(self.sleeping)
            time.sleep(max(0, due - time.monotonic()))
            try:
                pause = next(steps)
                heapq.heappush(self.sleeping, (time.monotonic() + pause, id(task), task, steps))
            except StopIteration as end:
                task.value = end.value
            except Exception as error:
                task.error = error
