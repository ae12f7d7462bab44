"""Results are noted as they come; whoever fails ends the loop."""

import asyncio


async def run_together(coroutines):
    results = {}

    async def note(number, coroutine):
        results[number] = await coroutine

    tasks = {asyncio.create_task(note(n, c)) for n, c in enumerate(coroutines)}
    try:
        for next_one in asyncio.as_completed(tasks):
            await next_one
    except BaseException:
        while left := [task for task in tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        raise
    return [results[number] for number in sorted(results)]
