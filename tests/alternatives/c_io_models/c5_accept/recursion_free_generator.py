"""A generator that yields None as long as nobody is there, then the connection."""

import errno


def arrivals(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK):
                raise
            yield None
        else:
            connection.setblocking(False)
            yield connection


def accept_meanwhile(listener, other_work):
    mode = listener.gettimeout()
    listener.setblocking(False)
    try:
        for connection in arrivals(listener):
            if connection is not None:
                return connection
            other_work()
    finally:
        if listener.fileno() >= 0:
            listener.settimeout(mode)
