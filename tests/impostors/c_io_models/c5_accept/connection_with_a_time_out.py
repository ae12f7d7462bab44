"""Gives the connection a time-out: its recv waits a little, and raises TimeoutError.

Caught by: test_the_connection_does_not_block
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
        else:
            connection.settimeout(0.1)
            return connection
