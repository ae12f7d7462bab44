"""Waits for the tasks in order, so a later one's failure is seen only when those before it have ended.

Caught by: test_the_failure_that_came_first_in_time_comes_out, test_a_failure_does_not_wait_for_the_others
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return [await task for task in tasks]
    except Exception:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
