"""asyncio.wait until the first exception; then cancel and wait again."""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    if not tasks:
        return []
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)
    for task in done:
        if task.exception():
            raise task.exception()
    return [task.result() for task in tasks]
