"""Takes the end of file for nothing yet, and peeks again and again for a byte that never comes.

Caught by: test_the_end_comes_as_no_bytes
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
    while not sock.recv(1, socket.MSG_PEEK):
        time.sleep(0.001)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
