"""Looks every ten milliseconds: a hundred wake-ups a second, and data that waits for the nap.

Caught by: test_waiting_costs_no_processor_time
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
    while not select.select([sock], [], [], 0)[0]:
        time.sleep(0.01)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
