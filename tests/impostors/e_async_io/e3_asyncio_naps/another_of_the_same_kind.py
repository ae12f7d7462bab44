"""Raises a new error of the same kind: whoever holds the first one does not know it again.

Caught by: test_a_failure_comes_out_as_it_was_raised
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except Exception as e:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise type(e)(*e.args) from None
