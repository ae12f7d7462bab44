"""Puts the text of an exception into the slot instead of the exception.

Caught by: test_an_exception_takes_its_tasks_slot_and_the_others_go_on
"""

from collections import deque


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            next(task)
            waiting.append((place, task))
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = str(error)
    return results
