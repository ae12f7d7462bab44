"""A time-out of a microsecond: nearly no waiting, and still a call that waits.

Caught by: test_accept_never_blocks
"""


def accept_meanwhile(listener, other_work):
    listener.settimeout(1e-6)
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            other_work()
        else:
            connection.setblocking(False)
            return connection
