"""Hands back None when the listener fails, as if that were a connection.

Caught by: test_an_error_of_the_listener_comes_out
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
        except OSError:
            return None
        else:
            connection.setblocking(False)
            return connection
