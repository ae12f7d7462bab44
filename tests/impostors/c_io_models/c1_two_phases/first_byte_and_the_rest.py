"""Takes one byte to see that something is there, then asks for the rest, and waits for it in vain if one byte was all.

Caught by: test_what_was_sent_comes_back
"""

import time
from typing import NamedTuple


class Reception(NamedTuple):
    waited: float
    copied: float
    data: bytes


def receive(sock, size):

    began = time.perf_counter()
    first = sock.recv(1)
    ready = time.perf_counter()
    rest = sock.recv(size - 1) if first and size > 1 else b""
    return Reception(ready - began, time.perf_counter() - ready, first + rest)
