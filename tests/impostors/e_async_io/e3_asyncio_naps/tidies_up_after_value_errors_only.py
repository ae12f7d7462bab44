"""Tidies up after one kind of failure; after any other the rest runs on.

Caught by: test_after_a_failure_every_other_task_is_cancelled, test_nothing_runs_on_after_the_failure
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except ValueError:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
