"""Is asyncio in other words: the loop that was to be written is borrowed.

Caught by: test_no_other_event_loop_is_borrowed
"""

import asyncio
from contextlib import suppress


class Cancelled(BaseException):
    pass


class Task:
    def __init__(self, task):
        self.task = task
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def join(self):
        await asyncio.wait([self.task])
        if self.task.cancelled():
            raise Cancelled
        return self.task.result()

    def cancel(self):
        self.task.cancel()


def run(main):
    return asyncio.run(main)


def spawn(coroutine):
    return Task(asyncio.get_running_loop().create_task(coroutine))


async def sleep(seconds):
    await asyncio.sleep(seconds)


async def accept(sock):
    return await asyncio.get_running_loop().sock_accept(sock)


async def recv(sock, n):
    return await asyncio.get_running_loop().sock_recv(sock, n)


async def sendall(sock, data):
    await asyncio.get_running_loop().sock_sendall(sock, data)


async def serve(listener):
    listener.setblocking(False)
    while True:
        client, _ = await accept(listener)
        spawn(_echo(client))


async def _echo(client):
    with client, suppress(OSError):
        while data := await recv(client, 65536):
            await sendall(client, data.upper())
