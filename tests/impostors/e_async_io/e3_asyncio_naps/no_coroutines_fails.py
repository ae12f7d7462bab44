"""Takes an empty list for an error, where no coroutines mean no results.

Caught by: test_no_coroutines_no_results
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)
    for task in done:
        task.result()
    return [task.result() for task in tasks]
