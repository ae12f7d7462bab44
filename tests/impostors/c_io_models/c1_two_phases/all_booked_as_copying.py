"""Times the recv as a whole and calls all of it copying: the wait hides in the second phase.

Caught by: test_data_that_comes_after_half_a_second_was_waited_for, test_the_end_is_waited_for_like_data
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
    return Reception(0.0, time.perf_counter() - began, data)
