"""Leaves out what returned None: the results behind it move up.

Caught by: test_results_come_in_the_order_given
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return [result for result in await asyncio.gather(*tasks) if result is not None]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
