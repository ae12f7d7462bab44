"""A generator per key yields the events that it waits for, and the loop registers just these."""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def conversation(connection):
    with connection:
        try:
            while True:
                yield EVENT_READ
                data = connection.recv(16384)
                if not data:
                    return
                rest = memoryview(data.upper())
                while rest:
                    yield EVENT_WRITE
                    rest = rest[connection.send(rest) :]
        except OSError:
            return


def reception(listener, welcome):
    while True:
        yield EVENT_READ
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        connection.setblocking(False)
        welcome(connection, conversation(connection))


def serve(listener):
    selector = selectors.DefaultSelector()

    def welcome(sock, generator):
        selector.register(sock, next(generator), generator)

    listener.setblocking(False)
    welcome(listener, reception(listener, welcome))
    while True:
        for key, _ in selector.select():
            selector.unregister(key.fileobj)
            events = next(key.data, None)
            if events is not None:
                selector.register(key.fileobj, events, key.data)
