"""Lets selectors choose how to wait: on most systems that is something else than poll.

Caught by: test_it_waits_in_poll
"""

import selectors


def serve(listener):
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, b"")

    def drop(client):
        selector.unregister(client)
        client.close()

    while True:
        for key, mask in selector.select():
            client = key.fileobj
            try:
                if client is listener:
                    client, _ = listener.accept()
                    client.setblocking(False)
                    selector.register(client, selectors.EVENT_READ, b"")
                elif mask & selectors.EVENT_READ:
                    if data := client.recv(65536):
                        selector.modify(client, selectors.EVENT_WRITE, data.upper())
                    else:
                        drop(client)
                else:
                    rest = key.data[client.send(key.data) :]
                    events = selectors.EVENT_WRITE if rest else selectors.EVENT_READ
                    selector.modify(client, events, rest)
            except BlockingIOError:
                continue
            except OSError:
                drop(client)
