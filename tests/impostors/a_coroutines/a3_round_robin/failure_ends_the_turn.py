"""Catches exceptions around the whole turn: after a failure it begins again with the first task.

Caught by: test_a_failure_costs_nobody_else_a_turn
"""


def round_robin(tasks):
    results = [None] * len(tasks)
    alive = dict(enumerate(tasks))
    while alive:
        try:
            for place in list(alive):
                try:
                    next(alive[place])
                except StopIteration as stop:
                    results[place] = stop.value
                    del alive[place]
        except Exception as error:
            results[place] = error
            del alive[place]
    return results
