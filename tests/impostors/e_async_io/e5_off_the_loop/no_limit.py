"""Lets a thousand functions run at once: the limit of four is not kept.

Caught by: test_never_more_than_four_run_at_once
"""

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 4  # functions
POOL = ThreadPoolExecutor(50)
BEAT = 0.05  # seconds


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    places = asyncio.Semaphore(1000)

    async def beat() -> None:
        while True:
            heartbeat()
            await asyncio.sleep(BEAT)

    async def call(task: Callable[[], Any]) -> Any:
        async with places:
            return await asyncio.get_running_loop().run_in_executor(
                POOL, contextvars.copy_context().run, _ending, task
            )

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
