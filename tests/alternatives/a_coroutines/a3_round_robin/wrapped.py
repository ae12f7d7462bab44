"""Wraps each task in a generator that notes the result itself; a dict, which keeps its order, holds the living."""


def round_robin(tasks):
    results = {}

    def noted(place, task):
        try:
            results[place] = yield from task
        except Exception as error:
            results[place] = error

    end = object()
    alive = {place: noted(place, task) for place, task in enumerate(tasks)}
    while alive:
        for place, task in tuple(alive.items()):
            if next(task, end) is end:
                del alive[place]
    return [results[place] for place in range(len(tasks))]
