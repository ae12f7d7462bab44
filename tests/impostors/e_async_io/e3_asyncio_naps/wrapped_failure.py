"""Wraps the failure in another exception: whoever expects the original does not catch it.

Caught by: test_a_failure_comes_out_as_it_was_raised
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except Exception as error:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise RuntimeError("a task failed") from error
