"""Orders the heap by time alone: a heap keeps no order among equals.

Caught by: test_who_asked_first_for_the_same_time_wakes_first
"""

import heapq
import time


class Entry:
    def __init__(self, wake_up, place):
        self.wake_up, self.place = wake_up, place

    def __lt__(self, other):
        return self.wake_up < other.wake_up


def run(tasks):
    results = [None] * len(tasks)
    heap = [Entry(place - len(tasks), place) for place in range(len(tasks))]
    while heap:
        entry = heapq.heappop(heap)
        left = entry.wake_up - time.monotonic()
        if left > 0:
            time.sleep(left)
        task = tasks[entry.place]
        try:
            seconds = next(task) or 0
            while seconds < 0:
                seconds = task.throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[entry.place] = stop.value
        except Exception as error:
            results[entry.place] = error
        else:
            entry.wake_up = time.monotonic() + seconds
            heapq.heappush(heap, entry)
    return results
