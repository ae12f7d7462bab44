"""Lets the ValueError out of run: one careless task ends all the others.

Caught by: test_a_negative_time_that_nobody_catches_takes_the_tasks_slot
"""

import heapq
import time
from itertools import count


def run(tasks):
    results, numbers = [None] * len(tasks), count()
    heap = [(0, next(numbers), place) for place in range(len(tasks))]
    while heap:
        wake_up, _, place = heapq.heappop(heap)
        time.sleep(max(0, wake_up - time.monotonic()))
        try:
            seconds = next(tasks[place]) or 0
        except StopIteration as stop:
            results[place] = stop.value
            continue
        except Exception as error:
            results[place] = error
            continue
        try:
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
            continue
        heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
    return results
