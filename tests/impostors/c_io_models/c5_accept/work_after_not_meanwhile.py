"""Asks until somebody is there, and does the other work afterwards.

Caught by: test_other_work_is_done_while_nobody_is_there, test_a_client_that_is_already_there_is_accepted_at_once
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            continue
        connection.setblocking(False)
        other_work()
        return connection
