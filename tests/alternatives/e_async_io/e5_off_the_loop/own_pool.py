"""A pool of its own, and a heart that loop.call_later keeps going."""

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor


async def run_blocking(tasks, heartbeat):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(4)
    handle = None

    def beat():
        nonlocal handle
        heartbeat()
        handle = loop.call_later(0.05, beat)

    def outcome(task):
        try:
            return task()
        except Exception as error:
            return error

    beat()
    try:
        futures = [
            loop.run_in_executor(pool, contextvars.copy_context().run, outcome, task)
            for task in tasks
        ]
        return [await future for future in futures]
    finally:
        handle.cancel()
        pool.shutdown(wait=False)
