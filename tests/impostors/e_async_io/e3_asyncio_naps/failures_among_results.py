"""Hands a failure back in the list, where it should come out of the call.

Caught by: test_a_failure_comes_out_as_it_was_raised
"""

import asyncio


async def run_together(coroutines):
    return await asyncio.gather(*coroutines, return_exceptions=True)
