"""Sleeps once for the longest nap of a turn, then goes on with everybody: a short nap lasts as long as a long one.

Caught by: test_the_shorter_nap_ends_first
"""

import time


def run(tasks):
    results = [None] * len(tasks)
    alive = list(range(len(tasks)))
    while alive:
        naps = {}
        for place in alive:
            try:
                seconds = next(tasks[place]) or 0
                while seconds < 0:
                    seconds = tasks[place].throw(ValueError("negative")) or 0
                naps[place] = seconds
            except StopIteration as stop:
                results[place] = stop.value
            except Exception as error:
                results[place] = error
        alive = list(naps)
        time.sleep(max(naps.values(), default=0))
    return results
