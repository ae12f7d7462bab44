"""Sleeps a millisecond and looks again, though it knows when the next one is due.

Caught by: test_while_everybody_sleeps_so_does_the_processor
"""

import heapq
import time
from itertools import count


def run(tasks):
    results, numbers = [None] * len(tasks), count()
    heap = [(0, next(numbers), place) for place in range(len(tasks))]
    while heap:
        while heap[0][0] > time.monotonic():
            time.sleep(0.001)
        place = heapq.heappop(heap)[2]
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
