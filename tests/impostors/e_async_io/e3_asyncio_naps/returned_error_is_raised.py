"""An error that a coroutine has returned is raised, as if it had failed.

Caught by: test_a_result_is_whatever_was_returned
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        r = await asyncio.gather(*tasks)
        for x in r:
            if isinstance(x, Exception):
                raise x
        return r
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
