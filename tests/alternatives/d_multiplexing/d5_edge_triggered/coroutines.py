"""Coroutines in async and await: each runs on until EAGAIN, and a handler that has gone on for long steps aside."""

import select
import types
from collections import deque

EVERYTHING = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
PATIENCE = 32  # pieces, then somebody else's turn


@types.coroutine
def report():
    yield "report"


@types.coroutine
def turn():
    yield "turn"


async def echo(sock):
    pieces = 0
    view = memoryview(bytearray(65536))
    with sock:
        while True:
            try:
                size = sock.recv_into(view)
            except BlockingIOError:
                await report()
                continue
            except OSError:
                return
            if not size:
                return
            rest = memoryview(bytes(view[:size]).upper())
            while rest:
                try:
                    rest = rest[sock.send(rest) :]
                except BlockingIOError:
                    await report()
                except OSError:
                    return
            pieces += 1
            if pieces % PATIENCE == 0:
                await turn()


async def reception(listener, start):
    while True:
        try:
            sock, _ = listener.accept()
        except BlockingIOError:
            await report()
        except OSError:
            await turn()
        else:
            start(sock, echo(sock))


def serve(listener):
    epoll = select.epoll()
    coroutines, turns = {}, deque()

    def start(sock, coroutine):
        sock.setblocking(False)
        coroutines[sock.fileno()] = coroutine
        epoll.register(sock, EVERYTHING)

    start(listener, reception(listener, start))
    while True:
        for fd, _ in epoll.poll(0 if turns else -1):
            if fd not in turns:
                turns.append(fd)
        for _ in range(len(turns)):
            fd = turns.popleft()
            try:
                if coroutines[fd].send(None) == "turn":
                    turns.append(fd)
            except StopIteration:
                del coroutines[fd]
