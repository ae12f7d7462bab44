"""Calls the functions on the loop, which stands still meanwhile: async around a call unblocks nothing.

Caught by: test_the_heartbeat_goes_on_while_functions_block, test_the_loop_goes_on_for_everybody_else
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
            return _ending(task)

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
