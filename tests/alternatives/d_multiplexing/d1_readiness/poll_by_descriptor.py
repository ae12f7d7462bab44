"""poll with milliseconds, rounded up; a dictionary by descriptor shrinks until nobody is silent."""

import math
import select
import time


def first_words(sockets, timeout):
    if not hasattr(select, "poll"):
        return _with_select(sockets, timeout)
    poller = select.poll()
    silent = {}
    for sock in sockets:
        silent[sock.fileno()] = sock
        poller.register(sock, select.POLLIN)
    words = {}
    ends = math.inf if timeout is None else time.perf_counter() + timeout
    while silent:
        left = ends - time.perf_counter()
        events = poller.poll(None if left == math.inf else max(0, math.ceil(left * 1000)))
        for fd, _ in events:
            sock = silent.pop(fd)
            poller.unregister(fd)
            try:
                words[sock] = sock.recv(65536)
            except ConnectionError:
                words[sock] = b""
        if left <= 0:
            break
    return words


def _with_select(sockets, timeout):
    ends = math.inf if timeout is None else time.perf_counter() + timeout
    words = {}
    while len(words) < len(sockets):
        left = None if timeout is None else max(0, ends - time.perf_counter())
        ready = select.select([sock for sock in sockets if sock not in words], [], [], left)[0]
        for sock in ready:
            try:
                words[sock] = sock.recv(65536)
            except ConnectionError:
                words[sock] = b""
        if not ready:
            break
    return words
