"""Does not block in accept, but in select, for a tenth of a second between two rounds of other work.

Caught by: test_nothing_else_waits_either
"""

import select


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            other_work()
            select.select([listener], [], [], 0.1)
        else:
            connection.setblocking(False)
            return connection
