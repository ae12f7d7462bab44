"""Hands back a connection that blocks: what follows would wait after all.

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
            connection.setblocking(True)
            return connection
