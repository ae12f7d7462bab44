"""A shelf of tasks for each wake-up time, in the order of asking; a heap of the times alone; waits on an event."""

import heapq
import threading
import time
from collections import deque


class Scheduler:
    def __init__(self, tasks):
        self.results = [None] * len(tasks)
        self.ready = deque((place, task, task.__next__) for place, task in enumerate(tasks))
        self.shelves, self.times = {}, []
        self.alarm = threading.Event()  # never set: only its time-out is of use

    def run(self):
        while self.ready or self.times:
            if not self.ready:
                self.alarm.wait(max(0, self.times[0] - time.perf_counter()))
            self.wake()
            for _ in range(len(self.ready)):
                self.step(*self.ready.popleft())
        return self.results

    def wake(self):
        while self.times and self.times[0] <= time.perf_counter():
            self.ready.extend(self.shelves.pop(heapq.heappop(self.times)))

    def step(self, place, task, resume):
        try:
            seconds = resume()
        except StopIteration as stop:
            self.results[place] = stop.value
        except Exception as error:
            self.results[place] = error
        else:
            if not seconds:
                self.ready.append((place, task, task.__next__))
            elif seconds < 0:
                error = ValueError(f"{seconds} is in the past")
                self.ready.append((place, task, lambda: task.throw(error)))
            else:
                when = time.perf_counter() + seconds
                if when not in self.shelves:
                    heapq.heappush(self.times, when)
                    self.shelves[when] = []
                self.shelves[when].append((place, task, task.__next__))


def run(tasks):
    return Scheduler(tasks).run()
