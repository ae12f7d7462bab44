"""asyncio.wait with a time-out of one beat."""

import asyncio


async def run_blocking(tasks, heartbeat):
    limit = asyncio.BoundedSemaphore(4)

    class Ending:
        def __init__(self, task):
            self.task = task

        def __call__(self):
            try:
                self.value = self.task()
            except Exception as error:
                self.value = error

    async def call(ending):
        async with limit:
            await asyncio.to_thread(ending)

    endings = [Ending(task) for task in tasks]
    pending = {asyncio.ensure_future(call(ending)) for ending in endings}
    while pending:
        heartbeat()
        _, pending = await asyncio.wait(pending, timeout=0.05, return_when=asyncio.ALL_COMPLETED)
    return [ending.value for ending in endings]
