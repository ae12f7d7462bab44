"""Loops over the tasks with `for` and `next(task, END)`: what they return is lost.

Caught by: test_results_come_in_the_order_of_the_tasks
"""

from collections import deque

END = object()


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            if next(task, END) is not END:
                waiting.append((place, task))
        except Exception as error:
            results[place] = error
    return results
