"""Tells when the phases ended, not how long they were.

Caught by: test_data_that_comes_after_half_a_second_was_waited_for
"""

import socket
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):

    sock.recv(1, socket.MSG_PEEK)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready, time.perf_counter(), data)
