"""Tasks with equal wake-up times wake in the order of the list, not in the order in which they asked.

Caught by: test_who_asked_first_for_the_same_time_wakes_first
"""

import time
from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any

Task = Generator[float | None, None, Any]  # yields the seconds that it wants to sleep


def run(tasks: list[Task]) -> list[Any]:
    """Run all tasks in one thread until the last has ended; one result each, in the order given."""
    results: list[Any] = [None] * len(tasks)
    ready: deque[int] = deque(range(len(tasks)))
    asleep: list[tuple[float, int]] = []  # places differ, so nothing behind them is ever compared
    while ready or asleep:
        now = time.monotonic()
        while asleep and asleep[0][0] <= now:
            ready.append(heappop(asleep)[1])
        if not ready:
            time.sleep(asleep[0][0] - now)
            continue
        place = ready.popleft()
        try:
            seconds = next(tasks[place]) or 0
            while seconds < 0:
                seconds = tasks[place].throw(ValueError("a negative time")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            if seconds:
                heappush(asleep, (time.monotonic() + seconds, place))
            else:
                ready.append(place)
    return results
