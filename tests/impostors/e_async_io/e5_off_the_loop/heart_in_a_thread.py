"""Lets a thread beat the heart, so nobody notices that the loop stands still.

Caught by: test_the_loop_goes_on_for_everybody_else
"""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    places = asyncio.Semaphore(AT_ONCE)

    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            heartbeat()

    async def call(task: Callable[[], Any]) -> Any:
        async with places:
            return _ending(task)

    threading.Thread(target=beat, daemon=True).start()
    try:
        return await asyncio.gather(*map(call, tasks))
    finally:
        over.set()


def _ending(task: Callable[[], Any]) -> Any:
    try:
        return task()
    except Exception as error:
        return error
