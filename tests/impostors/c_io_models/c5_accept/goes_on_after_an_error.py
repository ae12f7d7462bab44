"""Leaves the loop at any other error and goes on without a connection: a NameError tells of nothing.

Caught by: test_an_error_of_the_listener_comes_out
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
            break
        except BlockingIOError:
            other_work()
        except OSError:
            break
    connection.setblocking(False)
    return connection
