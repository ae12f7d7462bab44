"""Appends each result when its task ends: whoever sleeps least stands first.

Caught by: test_results_come_in_the_order_of_the_tasks
"""

import heapq
import time
from itertools import count


def run(tasks):
    results, numbers = [], count()
    heap = [(0, next(numbers), task) for task in tasks]
    while heap:
        wake_up, _, task = heapq.heappop(heap)
        time.sleep(max(0, wake_up - time.monotonic()))
        try:
            seconds = next(task) or 0
            while seconds < 0:
                seconds = task.throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results.append(stop.value)
        except Exception as error:
            results.append(error)
        else:
            heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), task))
    return results
