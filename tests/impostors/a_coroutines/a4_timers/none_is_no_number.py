"""Takes whatever is yielded for a number: a bare `yield` is None, and None cannot be added.

Caught by: test_zero_and_none_only_let_the_others_run
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
            seconds = next(tasks[place])
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("negative"))
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
    return results
