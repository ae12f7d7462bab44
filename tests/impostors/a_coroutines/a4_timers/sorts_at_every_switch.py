"""Sorts the whole list of sleepers at every switch: thousands of them make each switch dear.

Caught by: test_the_cost_of_a_switch_does_not_grow_with_the_number_of_sleepers
"""

import time
from itertools import count


def run(tasks):
    results, numbers = [None] * len(tasks), count()
    waiting = [(0, next(numbers), place) for place in range(len(tasks))]
    while waiting:
        waiting.sort()
        wake_up, _, place = waiting.pop(0)
        if wake_up > time.monotonic():
            time.sleep(wake_up - time.monotonic())
        try:
            seconds = next(tasks[place]) or 0
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            waiting.append((time.monotonic() + seconds, next(numbers), place))
    return results
