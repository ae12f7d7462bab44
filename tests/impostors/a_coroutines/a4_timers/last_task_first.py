"""Takes the tasks from the end of the list: the last one starts first.

Caught by: test_tasks_start_in_the_order_given
"""

import heapq
import time
from itertools import count


def run(tasks):
    results, numbers = [None] * len(tasks), count()
    heap, new = [], list(range(len(tasks)))
    while new or heap:
        if new:
            place = new.pop()
        else:
            wake_up, _, place = heapq.heappop(heap)
            time.sleep(max(0, wake_up - time.monotonic()))
        try:
            seconds = next(tasks[place]) or 0
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
    return results
