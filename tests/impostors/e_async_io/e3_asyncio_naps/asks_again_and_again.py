"""Asks every task again and again whether it is done, and never waits.

Caught by: test_two_two_second_naps_take_about_two_seconds
"""

import asyncio


async def run_together(coroutines):
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        while not all(t.done() for t in tasks):
            await asyncio.sleep(0)
            for t in tasks:
                if t.done():
                    t.result()
        return [t.result() for t in tasks]
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
