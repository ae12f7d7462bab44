"""Lets the exception of one task out of run: the others never get to their end.

Caught by: test_an_exception_takes_its_tasks_slot_and_the_others_go_on
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
            while seconds < 0:
                try:
                    seconds = tasks[place].throw(ValueError("negative")) or 0
                except ValueError as error:
                    results[place] = error
                    break
            else:
                heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
        except StopIteration as stop:
            results[place] = stop.value
    return results
