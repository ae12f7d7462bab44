"""Leaves failures to gather, where a StopIteration never arrives: no future takes one.

Caught by: test_stop_iteration_is_a_failure_like_any_other
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
            return await asyncio.to_thread(task)

    beating = asyncio.create_task(beat())
    try:
        return await asyncio.gather(*map(call, tasks), return_exceptions=True)
    finally:
        beating.cancel()


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
