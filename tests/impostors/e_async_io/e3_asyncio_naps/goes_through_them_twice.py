"""Goes through the coroutines twice; a generator of them is empty the second time.

Caught by: test_the_coroutines_may_come_from_a_generator
"""

import asyncio


async def run_together(coroutines):
    if not list(coroutines):
        return []
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
