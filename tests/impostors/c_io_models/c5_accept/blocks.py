"""Just accepts: it waits for the client, and no other work is done.

Caught by: test_other_work_is_done_while_nobody_is_there, test_accept_never_blocks
"""


def accept_meanwhile(listener, other_work):
    connection, _ = listener.accept()
    connection.setblocking(False)
    return connection
