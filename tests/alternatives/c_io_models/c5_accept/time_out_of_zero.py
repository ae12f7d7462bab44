"""settimeout(0), a helper that gives None for nobody, and a loop around it."""


def next_client(listener):
    try:
        return listener.accept()[0]
    except BlockingIOError:
        return None


def accept_meanwhile(listener, other_work):
    listener.settimeout(0.0)
    connection = next_client(listener)
    while connection is None:
        other_work()
        connection = next_client(listener)
    connection.settimeout(0)
    return connection
