"""Asks select first, which is right, and then calls accept on a listener that would block.

Caught by: test_accept_never_blocks
"""

import select


def accept_meanwhile(listener, other_work):
    while not select.select([listener], [], [], 0)[0]:
        other_work()
    connection, _ = listener.accept()
    connection.setblocking(False)
    return connection
