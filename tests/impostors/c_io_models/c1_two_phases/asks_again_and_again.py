"""Makes the socket non-blocking and asks until there is something: a core burns through the wait.

Caught by: test_waiting_costs_no_processor_time
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
    sock.setblocking(False)
    while True:
        try:
            sock.recv(1, socket.MSG_PEEK)
            break
        except BlockingIOError:
            pass
    sock.setblocking(True)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)
