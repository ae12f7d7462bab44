"""A queue of the ready, a heap of the sleepers, entries that compare themselves, and a wait in select."""

import heapq
import os
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(order=True)
class Sleeper:
    wake_up: int
    number: int
    task: Any = field(compare=False)


class Scheduler:
    clock = time.monotonic_ns

    def __init__(self, tasks):
        self.ready = deque((task, None) for task in tasks)
        self.asleep, self.asked, self.results = [], 0, {}

    def run(self):
        while self.ready or self.asleep:
            if not self.ready:
                self.wait(self.asleep[0].wake_up - self.clock())
            now = self.clock()
            while self.asleep and self.asleep[0].wake_up <= now:
                self.ready.append((heapq.heappop(self.asleep).task, None))
            for _ in range(len(self.ready)):
                self.step(*self.ready.popleft())

    def wait(self, nanoseconds):
        if nanoseconds > 0:
            if os.name == "nt":
                time.sleep(nanoseconds / 1e9)
            else:
                import select

                select.select([], [], [], nanoseconds / 1e9)

    def step(self, task, error):
        try:
            seconds = task.throw(error) if error else task.send(None)
        except StopIteration as stop:
            self.results[task] = stop.value
        except Exception as failure:
            self.results[task] = failure
        else:
            if not seconds:
                self.ready.append((task, None))
            elif seconds < 0:
                self.ready.append((task, ValueError(f"{seconds} s is negative")))
            else:
                self.asked += 1
                wake_up = self.clock() + round(seconds * 1e9)
                heapq.heappush(self.asleep, Sleeper(wake_up, self.asked, task))


def run(tasks):
    scheduler = Scheduler(tasks)
    scheduler.run()
    return [scheduler.results[task] for task in tasks]
