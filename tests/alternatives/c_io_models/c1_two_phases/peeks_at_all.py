"""Peeks at as much as it wants, with a stopwatch, and then takes what it saw."""

import socket
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


class Stopwatch:
    def __init__(self):
        self.since = time.perf_counter()

    def lap(self):
        now = time.perf_counter()
        lap, self.since = now - self.since, now
        return lap


def receive(sock, size):
    watch = Stopwatch()
    sock.recv(size, socket.MSG_PEEK)
    waited = watch.lap()
    data, *_ = sock.recvfrom(size)
    return Reception(waited, watch.lap(), data)
