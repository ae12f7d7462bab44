"""Sleeps for a task at once, while nobody else can run: the naps add up.

Caught by: test_naps_overlap_and_the_longest_counts
"""

import time
from collections import deque


def run(tasks):
    results = [None] * len(tasks)
    ready = deque(enumerate(tasks))
    while ready:
        place, task = ready.popleft()
        try:
            seconds = next(task) or 0
            while seconds < 0:
                seconds = task.throw(ValueError("negative")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            time.sleep(seconds)
            ready.append((place, task))
    return results
