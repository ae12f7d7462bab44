"""gather lets the first failure out and leaves the others running.

Caught by: test_nothing_runs_on_after_the_failure, test_after_a_failure_every_other_task_is_cancelled
"""

import asyncio


async def run_together(coroutines):
    return await asyncio.gather(*coroutines)
