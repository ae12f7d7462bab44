"""Looks at the wake-up times only when nobody is ready: one task that only switches keeps all others asleep.

Caught by: test_one_task_runs_on_while_the_other_sleeps
"""

import heapq
import time
from collections import deque
from itertools import count


def run(tasks):
    results, numbers = [None] * len(tasks), count()
    ready, heap = deque(range(len(tasks))), []
    while ready or heap:
        if not ready:
            wake_up, _, place = heapq.heappop(heap)
            time.sleep(max(0, wake_up - time.monotonic()))
            ready.append(place)
        place = ready.popleft()
        try:
            seconds = next(tasks[place]) or 0
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            if seconds:
                heapq.heappush(heap, (time.monotonic() + seconds, next(numbers), place))
            else:
                ready.append(place)
    return results
