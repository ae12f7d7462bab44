"""Does other work twice whenever nobody is there: who came during the first one has to wait.

Caught by: test_other_work_is_done_while_nobody_is_there
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
            other_work()
        else:
            connection.setblocking(False)
            return connection
