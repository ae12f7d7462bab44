"""Waits for a twentieth of a second each time: it blocks, only for less long.

Caught by: test_accept_never_blocks
"""


def accept_meanwhile(listener, other_work):
    listener.settimeout(0.05)
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            other_work()
        else:
            connection.setblocking(False)
            return connection
