"""A SimpleNamespace per key holds what is unsent; 4 KiB at a time, and one function for all events."""

import selectors
from types import SimpleNamespace

MOST = 4096


def accept(selector, listener):
    try:
        sock, _ = listener.accept()
    except OSError:
        return
    sock.setblocking(False)
    selector.register(sock, selectors.EVENT_READ, SimpleNamespace(unsent=b"", ended=False))


def wanted(client):
    events = 0
    if client.unsent:
        events |= selectors.EVENT_WRITE
    if not client.ended and len(client.unsent) < MOST:
        events |= selectors.EVENT_READ
    return events


def communicate(sock, client, mask):
    """Whether the client is still there."""
    try:
        if mask & selectors.EVENT_READ:
            data = sock.recv(MOST - len(client.unsent))
            client.ended = not data
            client.unsent += data.upper()
        if client.unsent:
            client.unsent = client.unsent[sock.send(client.unsent) :]
    except BlockingIOError:
        return True
    except OSError:
        return False
    return bool(wanted(client))


def serve(listener):
    selector = selectors.DefaultSelector()
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, mask in selector.select():
            if key.data is None:
                accept(selector, listener)
            elif communicate(key.fileobj, key.data, mask):
                selector.modify(key.fileobj, wanted(key.data), key.data)
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
