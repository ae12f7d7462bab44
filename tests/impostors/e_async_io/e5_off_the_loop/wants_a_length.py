"""Asks how many tasks there are before it calls them, and a generator has no length.

Caught by: test_the_tasks_may_come_from_a_generator
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    places = asyncio.Semaphore(min(AT_ONCE, len(tasks)))

    async def beat() -> None:
        while True:
            heartbeat()
            await asyncio.sleep(BEAT)

    async def call(task: Callable[[], Any]) -> Any:
        # to_thread carries the context over, and its pool has at least five threads.
        async with places:
            return await asyncio.to_thread(_ending, task)

    beating = asyncio.create_task(beat())
    try:
        return await asyncio.gather(*map(call, tasks))
    finally:
        beating.cancel()


def _ending(task: Callable[[], Any]) -> Any:
    # Caught in the thread: a future refuses a StopIteration, and whoever awaits it waits for ever.
    try:
        return task()
    except Exception as error:
        return error
