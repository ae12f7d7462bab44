"""A small nursery: each task reports its end to a future, and the nursery waits until it is empty."""

import asyncio
import contextlib


class Nursery:
    async def __aenter__(self):
        self.children, self.first = [], None
        self.news = asyncio.Event()
        return self

    def start(self, coroutine):
        async def guarded():
            try:
                return await coroutine
            except Exception as error:
                if self.first is None:
                    self.first = error
            finally:
                self.news.set()

        self.children.append(asyncio.get_running_loop().create_task(guarded()))

    async def __aexit__(self, *_):
        while self.first is None and not all(child.done() for child in self.children):
            self.news.clear()
            await self.news.wait()
            await asyncio.sleep(0)
        for child in self.children:
            child.cancel()
        for child in self.children:
            with contextlib.suppress(asyncio.CancelledError):
                await child
        if self.first is not None:
            raise self.first


async def run_together(coroutines):
    async with Nursery() as nursery:
        for coroutine in coroutines:
            nursery.start(coroutine)
    return [child.result() for child in nursery.children]
