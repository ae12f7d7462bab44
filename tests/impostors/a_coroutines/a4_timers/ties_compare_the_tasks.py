"""Puts (time, task) into the heap: at equal times it compares generators, which cannot be compared.

Caught by: test_who_asked_first_for_the_same_time_wakes_first
"""

import heapq
import time
from collections import deque


def run(tasks):
    results = {}
    ready, heap = deque(tasks), []
    while ready or heap:
        if not ready and heap[0][0] > time.monotonic():
            time.sleep(heap[0][0] - time.monotonic())
        while heap and heap[0][0] <= time.monotonic():
            ready.append(heapq.heappop(heap)[1])
        if not ready:
            continue
        task = ready.popleft()
        try:
            seconds = next(task) or 0
            while seconds < 0:
                seconds = task.throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[task] = stop.value
        except Exception as error:
            results[task] = error
        else:
            if seconds:
                heapq.heappush(heap, (time.monotonic() + seconds, task))
            else:
                ready.append(task)
    return [results[task] for task in tasks]
