"""Does not measure the wait, but says what it always was: half a second, or nothing.

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
    there, _, _ = select.select([sock], [], [], 0)
    select.select([sock], [], [])
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(0.0 if there else 0.5, time.perf_counter() - ready, data)
