"""Never cancels the heartbeat: it goes on after the return.

Caught by: test_the_heart_is_still_after_the_return
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds
HEARTS = []


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

    HEARTS.append(asyncio.create_task(beat()))
    return await asyncio.gather(*map(call, tasks))


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
