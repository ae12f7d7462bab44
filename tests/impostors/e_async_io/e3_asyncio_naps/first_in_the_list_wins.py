"""Of all failures after the clean-up the first in the list comes out, not the first in time.

Caught by: test_a_failure_in_the_clean_up_is_not_the_first
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    if not tasks:
        return []
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for t in tasks:
        t.cancel()
    await asyncio.wait(tasks)
    for t in tasks:
        if not t.cancelled() and t.exception():
            raise t.exception()
    return [t.result() for t in tasks]
