"""A thread for each task: they overlap, but not in one thread.

Caught by: test_everything_happens_in_one_thread, test_it_does_the_work_in_one_thread_of_one_process
"""

import select
import threading
import time
from contextlib import suppress


class Cancelled(BaseException):
    pass


class Task:
    def __init__(self, coroutine):
        self.coroutine, self.cancelled = coroutine, False
        self.value = self.error = None
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        _local.task = self
        try:
            self.coroutine.send(None)
        except StopIteration as end:
            self.value = end.value
        except BaseException as error:
            self.error = error

    async def join(self):
        while self.thread.is_alive():
            await sleep(0.001)
        if self.error:
            raise self.error
        return self.value

    def cancel(self):
        self.cancelled = True


_local = threading.local()
_tasks = []


def _check():
    if _local.task.cancelled:
        raise Cancelled


def run(main):
    task = spawn(main)
    task.thread.join()
    for left in _tasks:
        left.cancel()
    for left in _tasks:
        left.thread.join()
    if task.error:
        raise task.error
    return task.value


def spawn(coroutine):
    _tasks.append(Task(coroutine))
    return _tasks[-1]


async def sleep(seconds):
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        _check()
        time.sleep(min(left, 0.05))


async def _ready(readable, writable):
    while not any(select.select(readable, writable, [], 0.05)):
        _check()


async def accept(sock):
    await _ready([sock], [])
    client, address = sock.accept()
    client.setblocking(False)
    return client, address


async def recv(sock, n):
    await _ready([sock], [])
    return sock.recv(n)


async def sendall(sock, data):
    rest = memoryview(data)
    while rest:
        await _ready([], [sock])
        rest = rest[sock.send(rest) :]


async def serve(listener):
    while True:
        client, _ = await accept(listener)
        spawn(_echo(client))


async def _echo(client):
    with client, suppress(OSError):
        while data := await recv(client, 65536):
            await sendall(client, data.upper())
