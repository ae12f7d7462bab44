"""Gives the others one turn of the loop for their clean-up: one that awaits is cut off.

Caught by: test_clean_up_is_over_before_the_failure_comes_out
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except Exception:
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)
        raise
