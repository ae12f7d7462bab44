"""Goes past the finished tasks in every turn, for ever: one long task pays for a thousand that have ended.

Caught by: test_a_finished_task_costs_nothing_any_more
"""


def round_robin(tasks):
    results = [None] * len(tasks)
    done = [False] * len(tasks)
    while not all(done):
        for place, task in enumerate(tasks):
            if done[place]:
                continue
            try:
                next(task)
            except StopIteration as stop:
                results[place], done[place] = stop.value, True
            except Exception as error:
                results[place], done[place] = error, True
    return results
