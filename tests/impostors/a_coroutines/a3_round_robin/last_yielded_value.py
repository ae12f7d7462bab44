"""Takes the last value that a task yielded for its result.

Caught by: test_results_come_in_the_order_of_the_tasks, test_what_a_task_yields_means_nothing
"""

from collections import deque


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            results[place] = next(task)
            waiting.append((place, task))
        except StopIteration:
            pass
        except Exception as error:
            results[place] = error
    return results
