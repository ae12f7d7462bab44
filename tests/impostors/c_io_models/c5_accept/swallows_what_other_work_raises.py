"""Calls the other work inside a try that forgives every OSError: its failures are lost.

Caught by: test_an_error_of_the_other_work_comes_out, test_an_error_of_the_listener_comes_out
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            try:
                connection, _ = listener.accept()
            except BlockingIOError:
                other_work()
                continue
            connection.setblocking(False)
            return connection
        except OSError:
            continue
