"""Waits until `size` bytes have come: less than that is no answer for it.

Caught by: test_what_was_sent_comes_back, test_it_takes_what_is_there_and_does_not_wait_for_more
"""

import socket
import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):

    began = time.perf_counter()
    sock.recv(1, socket.MSG_PEEK)
    ready = time.perf_counter()
    data = sock.recv(size, socket.MSG_WAITALL)
    return Reception(ready - began, time.perf_counter() - ready, data)
