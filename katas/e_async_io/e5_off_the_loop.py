"""Blocking functions beside an event loop that goes on all the while.

The lesson: katas/e_async_io/e5_off_the_loop.md
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    """Call blocking functions off the loop, `AT_ONCE` at a time; their results, in the order given.

    An Exception, StopIteration too, takes its function's place in the list. Each function sees the
    context variables of the caller. Until all have ended, `heartbeat()` is called on the loop
    every `BEAT` seconds; after the return never again.
    """
    # TODO: a task that beats, a thread for each function, and no more than four of them at once.
    raise NotImplementedError


if __name__ == "__main__":
    import time

    def nap(number: int) -> str:
        time.sleep(0.5)  # blocks its thread, as a database driver or a big file may
        return f"nap {number}"

    beats = []
    started = time.perf_counter()
    results = asyncio.run(
        run_blocking(
            [lambda number=number: nap(number) for number in range(8)], lambda: beats.append("beat")
        )
    )
    print(", ".join(results))
    print(f"{len(beats)} heartbeats in {time.perf_counter() - started:.1f} s")
