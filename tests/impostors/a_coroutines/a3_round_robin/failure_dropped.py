"""Drops a failed task, and its slot with it: the results after it move up.

Caught by: test_an_exception_takes_its_tasks_slot_and_the_others_go_on
"""

from collections import deque


def round_robin(tasks):
    results = {}
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            next(task)
            waiting.append((place, task))
        except StopIteration as stop:
            results[place] = stop.value
        except Exception:
            pass
    return [results[place] for place in sorted(results)]
