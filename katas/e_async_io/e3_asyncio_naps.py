"""Several coroutines at the same time on asyncio's event loop, and a decent end when one fails.

The lesson: katas/e_async_io/e3_asyncio_naps.md
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def run_together(coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Run all coroutines at the same time; their results, in the order given.

    The first failure comes out as it was raised. Before it does, every other task has been
    cancelled and has cleaned up. It needs Python 3.10 only, so there is no TaskGroup.
    """
    # TODO: make tasks of them all, wait until all are done or one has failed, and tidy up.
    raise NotImplementedError


if __name__ == "__main__":
    import time

    async def eat(name: str) -> None:
        print(f"{name} eat 1")
        await asyncio.sleep(2)
        print(f"{name} eat 2")

    async def play(name: str) -> None:
        print(f"{name} play 1")
        await asyncio.sleep(2)
        print(f"{name} play 2")

    started = time.perf_counter()
    asyncio.run(run_together([eat("Ada"), play("Ada")]))
    print(f"together: {time.perf_counter() - started:.1f} s")
