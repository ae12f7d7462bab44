"""Takes a return value that counts as false for no value: 0 and an empty string become None.

Caught by: test_a_task_without_a_yield_has_a_result_too
"""

from collections import deque


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            next(task)
        except StopIteration as stop:
            if stop.value:
                results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            waiting.append((place, task))
    return results
