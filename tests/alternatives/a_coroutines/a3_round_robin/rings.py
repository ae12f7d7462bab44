"""Tasks stand in a ring of linked cells; whoever has ended is taken out of the ring."""


class Cell:
    __slots__ = ("following", "place", "task")

    def __init__(self, place, task):
        self.place, self.task, self.following = place, task, None


def round_robin(tasks):
    results = {}
    cells = [Cell(place, task) for place, task in enumerate(tasks)]
    for one, following in zip(cells, [*cells[1:], *cells[:1]], strict=True):
        one.following = following
    before = cells[-1] if cells else None
    while before:
        cell = before.following
        try:
            cell.task.send(None)
            before = cell
            continue
        except StopIteration as end:
            results[cell.place] = end.value
        except Exception as error:
            results[cell.place] = error
        before.following = cell.following
        if cell is before:
            before = None
    return [results[place] for place in range(len(cells))]
