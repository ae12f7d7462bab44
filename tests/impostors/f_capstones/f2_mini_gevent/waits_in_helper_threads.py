"""Greenlets in one thread, but each wait is handed to a thread of its own.

Caught by: test_everything_happens_in_one_thread
"""

import select
import selectors
import socket
import threading
import time
from collections import deque

from greenlet import getcurrent, greenlet

_sleep = time.sleep
_main = getcurrent()
_ready = deque()
_bell = threading.Semaphore(0)


def _in_a_thread(call, *args, **kwargs):
    me, result = getcurrent(), []

    def work():
        try:
            result.append((call(*args, **kwargs), None))
        except Exception as error:
            result.append((None, error))
        _ready.append(me)
        _bell.release()

    threading.Thread(target=work, daemon=True).start()
    _main.switch()
    value, error = result[0]
    if error is not None:
        raise error
    return value


def spawn(function, *args, **kwargs):
    task = greenlet(lambda: function(*args, **kwargs), _main)
    _ready.append(task)
    _bell.release()
    return task


def joinall(tasks):
    while not all(task.dead for task in tasks):
        _bell.acquire()
        _ready.popleft().switch()


def sleep(seconds=0):
    _in_a_thread(_sleep, seconds)


class Socket(socket.socket):
    pass


def _wrap(kind, name):
    original = getattr(kind, name)
    return lambda *args, **kwargs: _in_a_thread(original, *args, **kwargs)


for _name in ("accept", "connect", "recv", "recv_into", "send", "sendall"):
    setattr(Socket, _name, _wrap(socket.socket, _name))


def patch():
    time.sleep, socket.socket = sleep, Socket
    select.select = _wrap(select, "select")
    for name in ("SelectSelector", "PollSelector", "EpollSelector"):
        kind = getattr(selectors, name)
        kind.select = _wrap(kind, "select")
