"""Times the recv as a whole and calls all of it waiting: the copy takes no time at all.

Caught by: test_the_copy_is_timed_too
"""

import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):

    began = time.perf_counter()
    data = sock.recv(size)
    return Reception(time.perf_counter() - began, 0.0, data)
