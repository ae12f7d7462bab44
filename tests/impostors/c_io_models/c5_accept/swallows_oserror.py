"""Takes every OSError for "nobody is there": a closed listener is asked for ever.

Caught by: test_an_error_of_the_listener_comes_out
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            other_work()
        else:
            connection.setblocking(False)
            return connection
