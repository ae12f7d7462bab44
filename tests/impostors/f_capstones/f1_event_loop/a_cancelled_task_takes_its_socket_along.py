"""Whoever is cancelled takes its socket out of the selector, though another task still waits on it.

Caught by: test_on_one_socket_a_cancelled_task_leaves_the_other_one_waiting
"""

import selectors
import time
import types
from selectors import EVENT_READ, EVENT_WRITE


class Cancelled(BaseException):
    pass


@types.coroutine
def trap(*request):
    return (yield request)


class Task:
    def __init__(self, coroutine):
        self.coroutine = coroutine
        self.where = "ready"
        self.ended = False
        self.result = self.error = None

    async def join(self):
        while not self.ended:
            await trap("join", self)
        if self.error is not None:
            raise self.error
        return self.result

    async def cancel(self):
        if not self.ended:
            await trap("cancel", self)
            while not self.ended:
                await trap("join", self)


def run(main):
    selector = selectors.DefaultSelector()
    ready, sleeping, joining, waiting = [], {}, {}, {}
    tasks = set()

    def start(coroutine):
        task = Task(coroutine)
        tasks.add(task)
        ready.append((task, None))
        return task

    def watch(fd):
        mask = sum(event for (number, event) in waiting if number == fd)
        known = fd in selector.get_map()
        if mask and known:
            selector.modify(fd, mask)
        elif mask:
            selector.register(fd, mask)
        elif known:
            selector.unregister(fd)

    def take_away(task):
        ready[:] = [entry for entry in ready if entry[0] is not task]
        sleeping.pop(task, None)
        joining.pop(task, None)
        for fd in {fd for (fd, event), waiter in waiting.items() if waiter is task}:
            for event in (EVENT_READ, EVENT_WRITE):
                waiting.pop((fd, event), None)
            watch(fd)

    def cancel(task):
        take_away(task)
        ready.append((task, Cancelled()))

    def step(task, error):
        try:
            work = task.coroutine
            request = work.send(None) if error is None else work.throw(error)
        except StopIteration as end:
            finish(task, end.value, None)
        except (Exception, Cancelled) as failure:
            finish(task, None, failure)
        else:
            park(task, *request)

    def park(task, what, about, *more):
        if what == "sleep":
            sleeping[task] = time.monotonic() + about
        elif what == "join":
            joining[task] = about
            if about.ended:
                take_away(task)
                ready.append((task, None))
        elif what == "cancel":
            cancel(about)
            ready.append((task, None))
        else:
            fd = about.fileno()
            waiting[fd, more[0]] = task
            watch(fd)

    def finish(task, result, error):
        tasks.discard(task)
        task.ended, task.result, task.error = True, result, error
        for other in [other for other, awaited in joining.items() if awaited is task]:
            take_away(other)
            ready.append((other, None))

    def turn():
        timeout = None
        if ready:
            timeout = 0
        elif sleeping:
            timeout = max(0, min(sleeping.values()) - time.monotonic())
        for key, events in selector.select(timeout):
            for event in (EVENT_READ, EVENT_WRITE):
                if events & event and (task := waiting.pop((key.fd, event), None)):
                    ready.append((task, None))
            watch(key.fd)
        now = time.monotonic()
        due = sorted((when, id(task), task) for task, when in sleeping.items() if when <= now)
        for _, _, task in due:
            del sleeping[task]
            ready.append((task, None))
        for _ in range(len(ready)):
            if ready:
                step(*ready.pop(0))

    _start.append(start)
    first = start(main)
    while not first.ended:
        turn()
    for task in list(tasks):
        cancel(task)
    while tasks:
        turn()
    if first.error is not None:
        raise first.error
    return first.result


_start = []  # the one of the kernel that runs


def spawn(coroutine):
    return _start[-1](coroutine)


async def sleep(seconds):
    await trap("sleep", seconds)


async def accept(sock):
    await trap("wait", sock, EVENT_READ)
    client, address = sock.accept()
    client.setblocking(False)
    return client, address


async def recv(sock, n):
    await trap("wait", sock, EVENT_READ)
    return sock.recv(n)


async def sendall(sock, data):
    with memoryview(data) as view:
        sent = 0
        while sent < len(view):
            await trap("wait", sock, EVENT_WRITE)
            sent += sock.send(view[sent:])


async def serve(listener):
    listener.setblocking(False)
    while True:
        client, _ = await accept(listener)
        spawn(echo(client))


async def echo(client):
    try:
        while True:
            data = await recv(client, 32768)
            if not data:
                return
            await sendall(client, data.upper())
    except OSError:
        return
    finally:
        client.close()
