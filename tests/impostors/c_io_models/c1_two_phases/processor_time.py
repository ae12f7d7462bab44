"""Reads the processor's clock, which stands still while the thread waits.

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

    began = time.process_time()
    sock.recv(1, socket.MSG_PEEK)
    ready = time.process_time()
    data = sock.recv(size)
    return Reception(ready - began, time.process_time() - ready, data)
