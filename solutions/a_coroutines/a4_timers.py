"""A scheduler that knows who sleeps until when, and sleeps only when everybody does.

The lesson: katas/a_coroutines/a4_timers.md
"""

import time
from collections.abc import Generator
from heapq import heappop, heappush
from itertools import count
from typing import Any

Task = Generator[float | None, None, Any]  # yields the seconds that it wants to sleep


def run(tasks: list[Task]) -> list[Any]:
    """Run all tasks in one thread until the last has ended; one result each, in the order given.

    Tasks start in that order, too. `yield seconds` puts a task to sleep for at least that long while
    the others run; `yield 0` and a bare `yield` only let the others run. Who asked first for the
    same wake-up time wakes first. A negative number is answered by a ValueError at that `yield`,
    which the task may catch. A task's result is what it returns, or the Exception that leaves it.
    """
    results: list[Any] = [None] * len(tasks)
    # The number breaks ties: equal times wake in the order of asking, and tasks are never compared.
    numbers = count()
    # A heap hands out its smallest entry for a few comparisons; a list would be sorted at every switch.
    waiting = [(0.0, next(numbers), place) for place in range(len(tasks))]
    while waiting:
        wake_up, _, place = heappop(waiting)
        # The earliest is not due, so nobody is: only now may the thread itself sleep.
        if (left := wake_up - time.monotonic()) > 0:
            time.sleep(left)
        try:
            seconds = next(tasks[place]) or 0
            # throw() returns the task's next request, which may be negative again.
            while seconds < 0:
                seconds = tasks[place].throw(ValueError(f"cannot sleep for {seconds} s")) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            heappush(waiting, (time.monotonic() + seconds, next(numbers), place))
    return results


if __name__ == "__main__":
    started = time.monotonic()

    def nap(name: str, *naps: float) -> Task:
        for seconds in naps:
            print(f"{time.monotonic() - started:.1f} s  {name} sleeps for {seconds} s")
            yield seconds
        print(f"{time.monotonic() - started:.1f} s  {name} is done")
        return name

    results = run([nap("red", 1), nap("green", 0.4, 0.4, 0.7), nap("blue", 2)])
    print(f"{results}: 4.5 s of sleep in {time.monotonic() - started:.1f} s")
