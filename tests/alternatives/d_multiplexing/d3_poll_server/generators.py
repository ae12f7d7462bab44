"""A generator per client yields the event that it waits for; ended ones close first and leave the list by number."""

import select


def conversation(sock):
    """Yields the events that it waits for."""
    with sock:
        while True:
            yield select.POLLIN
            try:
                data = sock.recv(16384)
            except BlockingIOError:
                continue
            except OSError:
                return
            if not data:
                return
            rest = memoryview(data.upper())
            while rest:
                try:
                    rest = rest[sock.send(rest) :]
                except BlockingIOError:
                    yield select.POLLOUT
                except OSError:
                    return


def reception(listener, welcome):
    while True:
        yield select.POLLIN
        try:
            sock, _ = listener.accept()
        except OSError:
            continue
        sock.setblocking(False)
        welcome(sock.fileno(), conversation(sock))


def serve(listener):
    poller = select.poll()
    running = {}

    def welcome(fd, generator):
        running[fd] = generator
        poller.register(fd, next(generator))

    listener.setblocking(False)
    welcome(listener.fileno(), reception(listener, welcome))
    while True:
        for fd, _ in poller.poll():
            events = next(running[fd], None)
            if events is None:
                del running[fd]
                poller.unregister(fd)
            else:
                poller.modify(fd, events)
