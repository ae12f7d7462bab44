"""Let two functions take turns in one thread: one makes items, the other handles them.

The lesson: katas/a_coroutines/a2_yield.md
"""

import time
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any


def consumer(log: Any) -> Generator[None, Any, None]:
    """Receive items for ever; append `("handled", item)` for each one.

    `log` is anything with an `append`. When the generator is closed it appends `("closed",)`.
    """
    try:
        while True:
            item = yield
            log.append(("handled", item))
    # close() raises GeneratorExit at the yield: whatever must happen then stands in a finally.
    finally:
        log.append(("closed",))


def producer(items: Iterable[Any], log: Any) -> None:
    """Make a consumer, send it each item, append `("sent", item)` after each, then close it.

    `items` may be endless or huge, so take one at a time. The consumer is closed also when
    taking an item raises; that exception comes out.
    """
    # closing() calls close() whichever way the block is left.
    with closing(consumer(log)) as handler:
        # A new generator stands before its first line: run it to its first yield.
        next(handler)
        for item in items:
            handler.send(item)
            log.append(("sent", item))


if __name__ == "__main__":

    class Printer:
        def append(self, line: tuple) -> None:
            print(*line)

    started = time.perf_counter()
    producer(range(3), Printer())
    print(f"together: {time.perf_counter() - started:.1f} s")
