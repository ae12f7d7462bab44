"""Makes the socket non-blocking before the read and leaves it so: the next call does not wait.

Caught by: test_nothing_is_lost_and_nothing_comes_twice
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
    sock.setblocking(False)
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
