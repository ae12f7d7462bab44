"""Lets a second thread block in accept while this one works: nothing blocks here, but accept does.

Caught by: test_accept_never_blocks
"""

import threading


def accept_meanwhile(listener, other_work):
    found = []

    def wait():
        try:
            found.append(listener.accept()[0])
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    while not found:
        other_work()
    if isinstance(found[0], OSError):
        raise found[0]
    found[0].setblocking(False)
    return found[0]
