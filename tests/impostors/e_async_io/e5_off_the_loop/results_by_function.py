"""Keeps the results by function: one that stands in the list more than once has its last result everywhere.

Caught by: test_a_function_that_stands_there_three_times_has_three_results
"""

import asyncio
import concurrent.futures
import contextvars
from collections.abc import Callable, Iterable
from typing import Any

AT_ONCE = 4  # functions
BEAT = 0.05  # seconds


def _ending(task):
    try:
        return task()
    except Exception as error:
        return error


async def run_blocking(
    tasks: Iterable[Callable[[], Any]], heartbeat: Callable[[], None]
) -> list[Any]:
    """Call blocking functions off the loop, `AT_ONCE` at a time; their results, in the order given."""
    loop = asyncio.get_running_loop()
    pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
    try:
        tasks = list(tasks)
        waiting = set()
        ended = {}

        async def call(task):
            context = contextvars.copy_context()
            ended[task] = await loop.run_in_executor(pool, context.run, _ending, task)

        for task in tasks:
            waiting.add(loop.create_task(call(task)))
        due = loop.time()
        while waiting:
            now = loop.time()
            if now >= due:
                heartbeat()
                due = max(due + BEAT, now)
            _, waiting = await asyncio.wait(waiting, timeout=max(0, due - loop.time()))
        return [ended[task] for task in tasks]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
