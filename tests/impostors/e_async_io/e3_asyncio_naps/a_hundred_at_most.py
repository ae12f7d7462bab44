"""Lets a hundred run at the same time, and has the others wait.

Caught by: test_a_thousand_wait_for_each_other
"""

import asyncio


async def run_together(coroutines):
    sem = asyncio.Semaphore(100)

    async def one(c):
        async with sem:
            return await c

    tasks = [asyncio.ensure_future(one(c)) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
