"""Sorts the list of sleepers whenever one more falls asleep; the ready ones have a queue of their own.

Caught by: test_the_cost_of_a_switch_does_not_grow_with_the_number_of_sleepers
"""

import time
from collections import deque


def run(tasks):
    results = [None] * len(tasks)
    ready, asleep = deque(range(len(tasks))), []
    while ready or asleep:
        if not ready:
            time.sleep(max(0, asleep[0][0] - time.monotonic()))
            ready.append(asleep.pop(0)[1])
        elif asleep and asleep[0][0] <= time.monotonic():
            ready.append(asleep.pop(0)[1])
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
                asleep.append((time.monotonic() + seconds, place))
                asleep.sort(key=lambda pair: pair[0])
            else:
                ready.append(place)
    return results
