"""Sleeps a little between two questions, to spare the processor.

Caught by: test_nothing_else_waits_either
"""

import time


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
            time.sleep(0.01)
        else:
            connection.setblocking(False)
            return connection
