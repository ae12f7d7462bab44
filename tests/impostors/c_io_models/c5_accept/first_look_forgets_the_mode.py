"""A connection that is there at the first look is handed back as it came: on Linux it blocks.

Caught by: test_the_connection_does_not_block[before the first look]
"""

import socket
from collections.abc import Callable
from typing import Any


def accept_meanwhile(listener: socket.socket, other_work: Callable[[], Any]) -> socket.socket:
    listener.setblocking(False)
    try:
        return listener.accept()[0]  # somebody is there already
    except BlockingIOError:
        other_work()
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
        else:
            connection.setblocking(False)
            return connection
