"""Does other work before it asks at all: a client that is there already has to wait.

Caught by: test_a_client_that_is_already_there_is_accepted_at_once
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        other_work()
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            continue
        connection.setblocking(False)
        return connection
