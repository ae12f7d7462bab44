"""Run functions one after the other, and note when each one began and ended.

The lesson: katas/a_coroutines/a1_serial.md
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Span(NamedTuple):
    """What one task returned, and when it ran.

    `started` and `finished` are seconds of one monotonic clock: compare them only with each other.
    """

    result: Any
    started: float
    finished: float


def run_serially(tasks: Iterable[Callable[[], Any]]) -> list[Span]:
    """Call each task to its end before the next one begins: one span each, in the order given.

    An exception of a task leaves at once, and the tasks after it never start.
    """
    spans = []
    for task in tasks:
        # time.time() would do until somebody sets the clock back: it is not monotonic.
        started = time.perf_counter()
        result = task()
        spans.append(Span(result, started, time.perf_counter()))
    return spans


if __name__ == "__main__":

    def first() -> str:
        time.sleep(1)
        print("first: slept 1 s")
        return "first"

    def second() -> str:
        time.sleep(2)
        print("second: slept 2 s")
        return "second"

    spans = run_serially([first, second])
    print(f"together: {spans[-1].finished - spans[0].started:.1f} s")
