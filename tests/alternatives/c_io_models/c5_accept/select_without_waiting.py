"""Asks select without waiting, and accept without blocking only when it says that somebody is there."""

import select


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        readable, _, _ = select.select([listener], [], [], 0)
        if readable:
            try:
                connection, _address = listener.accept()
            except BlockingIOError:
                pass  # it was gone again
            else:
                connection.setblocking(False)
                return connection
        other_work()
