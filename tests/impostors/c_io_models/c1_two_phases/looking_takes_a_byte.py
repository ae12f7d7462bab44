"""Waits with a recv of one byte, without peeking: that byte is gone.

Caught by: test_what_was_sent_comes_back, test_nothing_is_lost_and_nothing_comes_twice
"""

import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):

    began = time.perf_counter()
    sock.recv(1)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
