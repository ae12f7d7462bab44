"""Steps from the last task to the first, and puts the last living one into the place of one that has ended."""


def round_robin(tasks):
    alive = list(tasks)
    places = list(range(len(tasks)))
    results = [None for _ in tasks]
    while alive:
        for index in range(len(alive) - 1, -1, -1):
            try:
                next(alive[index])
            except StopIteration as stop:
                results[places[index]] = stop.value
            except Exception as error:
                results[places[index]] = error
            else:
                continue
            alive[index], places[index] = alive[-1], places[-1]
            alive.pop()
            places.pop()
    return results
