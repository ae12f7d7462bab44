"""Appends each result when its task ends: whoever ends first stands first.

Caught by: test_results_come_in_the_order_of_the_tasks
"""

from collections import deque


def round_robin(tasks):
    results = []
    waiting = deque(tasks)
    while waiting:
        task = waiting.popleft()
        try:
            next(task)
            waiting.append(task)
        except StopIteration as stop:
            results.append(stop.value)
        except Exception as error:
            results.append(error)
    return results
