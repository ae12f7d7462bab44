"""Goes on with a task only while it yields something true: `yield` and `yield 0` end it half-way.

Caught by: test_what_a_task_yields_means_nothing
"""

from collections import deque


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            if next(task):
                waiting.append((place, task))
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
    return results
