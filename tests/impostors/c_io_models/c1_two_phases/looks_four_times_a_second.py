"""Waits a quarter of a second at a time, and then looks again: what blocks needs no time-out to be asked anew.

Caught by: test_a_longer_wait_takes_no_more_calls
"""

import select
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):
    began = time.perf_counter()
    while not select.select([sock], [], [], 0.25)[0]:
        pass
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
