"""Lets everybody finish before it raises the failure, where the others should be cancelled.

Caught by: test_a_failure_does_not_wait_for_the_others, test_nothing_runs_on_after_the_failure
"""

import asyncio


async def run_together(coroutines):
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results
