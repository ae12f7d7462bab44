"""Awaits one coroutine after the other: awaiting is not starting, and their naps add up.

Caught by: test_two_two_second_naps_take_about_two_seconds, test_a_thousand_wait_for_each_other
"""


async def run_together(coroutines):
    return [await coroutine for coroutine in coroutines]
