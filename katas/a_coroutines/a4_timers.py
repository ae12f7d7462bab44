"""A scheduler that knows who sleeps until when, and sleeps only when everybody does.

The lesson: katas/a_coroutines/a4_timers.md
"""

import time
from collections.abc import Generator
from typing import Any

Task = Generator[float | None, None, Any]  # yields the seconds that it wants to sleep


def run(tasks: list[Task]) -> list[Any]:
    """Run all tasks in one thread until the last has ended; one result each, in the order given.

    Tasks start in that order, too. `yield seconds` puts a task to sleep for at least that long while
    the others run; `yield 0` and a bare `yield` only let the others run. Who asked first for the
    same wake-up time wakes first. A negative number is answered by a ValueError at that `yield`,
    which the task may catch. A task's result is what it returns, or the Exception that leaves it.
    """
    # TODO: keep wake-up times and tasks in a heap; run what is due; sleep when nobody is.
    raise NotImplementedError


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
