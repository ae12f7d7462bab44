"""Walks all tasks side by side with zip, which ends with the shortest.

Caught by: test_a_short_task_changes_nothing_for_the_others
"""


def round_robin(tasks):
    results = [None] * len(tasks)

    def kept(place, task):
        try:
            results[place] = yield from task
        except Exception as error:
            results[place] = error

    for _ in zip(*[kept(place, task) for place, task in enumerate(tasks)], strict=False):
        pass
    return results
