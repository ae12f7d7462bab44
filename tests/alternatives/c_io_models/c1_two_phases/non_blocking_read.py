"""Waits in select with the socket made non-blocking, and reads again if it was woken for nothing."""

import select
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):
    old = sock.gettimeout()
    sock.setblocking(False)
    try:
        began = time.perf_counter()
        while True:
            select.select([sock.fileno()], (), ())
            ready = time.perf_counter()
            try:
                data = sock.recv(size)
            except BlockingIOError:
                continue
            return Reception(ready - began, time.perf_counter() - ready, data)
    finally:
        sock.settimeout(old)
