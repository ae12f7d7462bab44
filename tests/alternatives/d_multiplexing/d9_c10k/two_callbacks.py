"""A callback per key, of which there are two; what is unsent travels in a closure while there is something."""

import selectors


def serve(listener):
    selector = selectors.DefaultSelector()

    def close(client):
        selector.unregister(client)
        client.close()

    def accept(_):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ, receive)

    def receive(client):
        try:
            data = client.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            send_later(client, data.upper())
        else:
            close(client)

    def send_later(client, rest):
        def send(client):
            nonlocal rest
            try:
                rest = rest[client.send(rest) :]
            except BlockingIOError:
                return
            except OSError:
                close(client)
                return
            if not rest:
                selector.modify(client, selectors.EVENT_READ, receive)

        selector.modify(client, selectors.EVENT_WRITE, send)

    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
