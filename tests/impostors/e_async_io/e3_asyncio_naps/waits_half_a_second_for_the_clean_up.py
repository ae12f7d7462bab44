"""Waits half a second for those that it has cancelled; a clean-up that takes longer runs on after the return.

Caught by: test_clean_up_is_over_before_the_failure_comes_out
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any


class _Nursery:
    def __init__(self):
        self.tasks = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, traceback):
        alive = [task for task in self.tasks if not task.done()]
        for task in alive:
            task.cancel()
        if alive:
            await asyncio.wait(alive, timeout=0.5)
        for task in self.tasks:
            if task.done() and not task.cancelled():
                task.exception()  # looked at, so that nobody complains
        return False


async def run_together(coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Run all coroutines at the same time; their results, in the order given."""
    async with contextlib.AsyncExitStack() as stack:
        nursery = await stack.enter_async_context(_Nursery())
        for coroutine in coroutines:
            nursery.tasks.append(asyncio.create_task(coroutine))
        for next_end in asyncio.as_completed(nursery.tasks):
            await next_end
    return [task.result() for task in nursery.tasks]
