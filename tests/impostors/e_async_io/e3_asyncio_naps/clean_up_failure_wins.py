"""A failure in the clean-up of another task comes out instead of the first one.

Caught by: test_a_failure_in_the_clean_up_is_not_the_first
"""

import asyncio
import contextlib


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for t in tasks:
            t.cancel()
        for t in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await t
