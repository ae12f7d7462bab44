"""Calls other_work inside the try: a BlockingIOError of its own is taken for "nobody is there".

Caught by: test_an_error_of_the_other_work_comes_out[BlockingIOError]
"""

import select


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            if not select.select([listener], [], [], 0)[0]:
                other_work()
                continue
            connection, _ = listener.accept()
            connection.setblocking(False)
            return connection
        except BlockingIOError:
            pass
