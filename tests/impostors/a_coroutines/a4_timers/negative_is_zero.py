"""Takes a negative time for 0 and says nothing.

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
            seconds = max(0, next(tasks[place]) or 0)
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
    return results
