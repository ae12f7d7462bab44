"""Lists results in the order in which the coroutines ended: the quickest stands first.

Caught by: test_results_come_in_the_order_given
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return [await task for task in asyncio.as_completed(tasks)]
    except Exception:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
