"""Asks a selector, and reads into a buffer of its own."""

import itertools
import selectors
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):
    marks = [time.perf_counter_ns()]
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        while not selector.select(1):
            pass
    marks.append(time.perf_counter_ns())
    buffer = bytearray(size)
    got = sock.recv_into(buffer)
    marks.append(time.perf_counter_ns())
    waited, copied = (b - a for a, b in itertools.pairwise(marks))
    return Reception(waited / 1e9, copied / 1e9, bytes(buffer[:got]))
