"""Let two functions take turns in one thread: one makes items, the other handles them.

The lesson: katas/a_coroutines/a2_yield.md
"""

import time
from collections.abc import Generator, Iterable
from typing import Any


def consumer(log: Any) -> Generator[None, Any, None]:
    """Receive items for ever; append `("handled", item)` for each one.

    `log` is anything with an `append`. When the generator is closed it appends `("closed",)`.
    """
    # TODO: a loop around a bare `yield`, and what has to happen when close() ends it.
    raise NotImplementedError


def producer(items: Iterable[Any], log: Any) -> None:
    """Make a consumer, send it each item, append `("sent", item)` after each, then close it.

    `items` may be endless or huge, so take one at a time. The consumer is closed also when
    taking an item raises; that exception comes out.
    """
    # TODO: create the consumer, run it to its first yield, then send.
    raise NotImplementedError


if __name__ == "__main__":

    class Printer:
        def append(self, line: tuple) -> None:
            print(*line)

    started = time.perf_counter()
    producer(range(3), Printer())
    print(f"together: {time.perf_counter() - started:.1f} s")
