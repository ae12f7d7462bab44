"""The others are told to stop, and nobody waits until they have.

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
        raise
