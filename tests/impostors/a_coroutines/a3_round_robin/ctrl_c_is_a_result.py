"""Catches BaseException: whoever presses Ctrl-C finds it among the results, and the program goes on.

Caught by: test_ctrl_c_is_no_tasks_result
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
            results[place] = stop.value
        except BaseException as error:
            results[place] = error
        else:
            waiting.append((place, task))
    return results
