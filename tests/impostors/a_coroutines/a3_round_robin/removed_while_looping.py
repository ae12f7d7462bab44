"""Removes a finished task from the list that it loops over: its neighbour is passed over in that turn.

Caught by: test_a_short_task_changes_nothing_for_the_others
"""


def round_robin(tasks):
    results = [None] * len(tasks)
    alive = list(enumerate(tasks))
    while alive:
        for pair in alive:
            place, task = pair
            try:
                next(task)
            except StopIteration as stop:
                results[place] = stop.value
                alive.remove(pair)
            except Exception as error:
                results[place] = error
                alive.remove(pair)
    return results
