"""Lets the heart beat every half second, ten times too slowly.

Caught by: test_it_beats_about_twenty_times_a_second
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.5  # seconds


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
        return await asyncio.gather(*map(call, tasks))
    finally:
        beating.cancel()


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
