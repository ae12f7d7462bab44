"""Cancels all tasks of the loop, whoever they belong to.

Caught by: test_who_was_not_given_to_it_is_left_alone
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except Exception:
        me = asyncio.current_task()
        others = [t for t in asyncio.all_tasks() if t is not me]
        for t in others:
            t.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        raise
