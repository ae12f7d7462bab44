"""Cancels again and again until all have ended, and so interrupts their clean-up.

Caught by: test_clean_up_is_over_before_the_failure_comes_out
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        while any(not t.done() for t in tasks):
            for t in tasks:
                t.cancel()
            await asyncio.sleep(0)
