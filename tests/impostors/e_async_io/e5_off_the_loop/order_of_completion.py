"""Lists results in the order in which the functions ended: the quickest stands first.

Caught by: test_results_come_in_the_order_given
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    places = asyncio.Semaphore(AT_ONCE)

    async def beat() -> None:
        while True:
            heartbeat()
            await asyncio.sleep(BEAT)

    async def call(task: Callable[[], Any]) -> Any:
        async with places:
            return await asyncio.to_thread(_ending, task)

    beating = asyncio.create_task(beat())
    try:
        return [await ended for ended in asyncio.as_completed(list(map(call, tasks)))]
    finally:
        beating.cancel()


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
