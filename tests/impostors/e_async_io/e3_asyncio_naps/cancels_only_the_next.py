"""Cancels only the tasks behind the failed one: those in front of it run on.

Caught by: test_after_a_failure_every_other_task_is_cancelled
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except Exception:
        failed = next(n for n, task in enumerate(tasks) if task.done() and task.exception())
        for task in tasks[failed:]:
            task.cancel()
        await asyncio.gather(*tasks[failed:], return_exceptions=True)
        raise
