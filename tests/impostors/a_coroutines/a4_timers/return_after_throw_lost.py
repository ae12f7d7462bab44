"""Throws outside its try: a task that answers the ValueError with a return ends everything with a StopIteration.

Caught by: test_a_negative_time_is_a_value_error_at_the_yield
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
        while seconds < 0:
            seconds = tasks[place].throw(ValueError("negative")) or 0
        heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
    return results
