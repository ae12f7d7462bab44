"""Loops over a copy and removes from the original, which is a list of pairs."""


def round_robin(tasks):
    pending = list(enumerate(tasks))
    results = [None] * len(pending)
    while pending:
        for pair in list(pending):
            place, task = pair
            try:
                next(task)
            except StopIteration as stop:
                results[place] = stop.value
                pending.remove(pair)
            except Exception as error:
                results[place] = error
                pending.remove(pair)
    return results
