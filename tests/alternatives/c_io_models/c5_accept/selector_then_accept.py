"""A selector that never waits, and accept on the listener made non-blocking for the moment."""

import selectors


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    with selectors.SelectSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while not selector.select(timeout=0):
            other_work()
    connection, _ = listener.accept()
    connection.setblocking(False)
    return connection
