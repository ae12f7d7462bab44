"""Breaks ties by the tasks' addresses in memory: who asked first may wake last.

Caught by: test_who_asked_first_for_the_same_time_wakes_first
"""

import heapq
import time


def run(tasks):
    results = [None] * len(tasks)
    heap = [(place - len(tasks), id(task), place) for place, task in enumerate(tasks)]
    while heap:
        wake_up, _, place = heapq.heappop(heap)
        if wake_up > time.monotonic():
            time.sleep(wake_up - time.monotonic())
        task = tasks[place]
        try:
            seconds = next(task) or 0
            while seconds < 0:
                seconds = task.throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            heapq.heappush(heap, (time.monotonic() + seconds, id(task), place))
    return results
