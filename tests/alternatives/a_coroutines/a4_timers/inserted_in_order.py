"""Keeps the sleepers in a list that stays sorted, the next one at its end, and waits on an event that never comes."""

import threading
import time
from bisect import bisect_left


def run(tasks):
    results = [None] * len(tasks)
    never = threading.Event()
    waiting = [(0.0, place) for place in reversed(range(len(tasks)))]
    while waiting:
        wake_up, place = waiting.pop()
        left = wake_up - time.perf_counter()
        if left > 0:
            never.wait(left)
        try:
            seconds = next(tasks[place]) or 0
            while seconds < 0:
                seconds = tasks[place].throw(ValueError(seconds)) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            wake_up = time.perf_counter() + seconds
            index = bisect_left(waiting, -wake_up, key=lambda pair: -pair[0])
            waiting.insert(index, (wake_up, place))
    return results
