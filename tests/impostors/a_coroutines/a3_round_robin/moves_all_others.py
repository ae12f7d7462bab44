"""Takes the next task with list.pop(0), which moves all the others: a step costs more the more tasks there are.

Caught by: test_a_step_costs_the_same_among_many_tasks_as_among_few
"""


def round_robin(tasks):
    results = [None] * len(tasks)
    waiting = list(enumerate(tasks))
    while waiting:
        place, task = waiting.pop(0)
        try:
            next(task)
            waiting.append((place, task))
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
    return results
