"""Entries are dataclasses that know their order; queue.PriorityQueue keeps the earliest in front."""

import itertools
import queue
import time
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Entry:
    when: float
    number: int
    place: int = field(compare=False)
    task: object = field(compare=False)


def request(task):
    answer = next(task)
    while answer is not None and answer < 0:
        answer = task.throw(ValueError(f"negative: {answer}"))
    return answer or 0


def run(tasks):
    agenda, numbers, results = queue.PriorityQueue(), itertools.count(), {}
    for place, task in enumerate(tasks):
        agenda.put(Entry(0, next(numbers), place, task))
    while not agenda.empty():
        entry = agenda.get()
        while (now := time.monotonic()) < entry.when:
            time.sleep(entry.when - now)
        try:
            entry.when = request(entry.task) + time.monotonic()
        except StopIteration as stop:
            results[entry.place] = stop.value
        except Exception as error:
            results[entry.place] = error
        else:
            entry.number = next(numbers)
            agenda.put(entry)
    return [results[place] for place in sorted(results)]
