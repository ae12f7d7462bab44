"""Does the other work once, and then only asks and asks.

Caught by: test_other_work_is_done_while_nobody_is_there
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    done = False
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            if not done:
                other_work()
            done = True
        else:
            connection.setblocking(False)
            return connection
