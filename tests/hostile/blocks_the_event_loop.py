"""Blocks the event loop for ever, so that no time-out of asyncio's can help.

Kata: e3
Test: test_results_come_in_the_order_given
Verdict: timed-out
"""

import time


async def run_together(coroutines):
    time.sleep(1000)
