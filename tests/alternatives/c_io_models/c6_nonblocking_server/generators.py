"""A generator per client yields whenever a call would block; the server gives each of them its turn."""

import time

WOULD_BLOCK, DID_SOMETHING = False, True


def conversation(connection):
    with connection:
        while True:
            try:
                data = connection.recv(65536)
            except BlockingIOError:
                yield WOULD_BLOCK
                continue
            except OSError:
                return
            if not data:
                return
            rest = memoryview(data.upper())
            while rest:
                try:
                    rest = rest[connection.send(rest) :]
                except BlockingIOError:
                    yield WOULD_BLOCK
                except OSError:
                    return
            yield DID_SOMETHING


def arrivals(listener):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            yield None
        else:
            connection.setblocking(False)
            yield connection


def serve(listener, nap=0.0):
    arriving, talks = arrivals(listener), []
    while True:
        connection = next(arriving)
        if connection:
            talks.append(conversation(connection))
        did = [next(talk, None) for talk in talks]
        if None in did:
            talks = [talk for talk, alive in zip(talks, did, strict=True) if alive is not None]
        elif nap and not connection and DID_SOMETHING not in did:
            time.sleep(nap)
