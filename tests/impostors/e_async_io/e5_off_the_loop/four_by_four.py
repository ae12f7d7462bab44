"""Calls four, and the next four when all of these have ended: the slowest holds up three places.

Caught by: test_the_next_begins_as_soon_as_one_has_ended
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
        waiting, endings = list(tasks), []
        while waiting:
            endings += await asyncio.gather(*map(call, waiting[:AT_ONCE]))
            del waiting[:AT_ONCE]
        return endings
    finally:
        beating.cancel()


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
