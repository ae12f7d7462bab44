"""selectors.EpollSelector with callbacks; sockets are closed when the whole round is done."""

from selectors import EVENT_READ, EVENT_WRITE, EpollSelector


def serve(listener):
    selector = EpollSelector()
    gone = set()

    def accept(_):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.setblocking(False)
        selector.register(client, EVENT_READ, read)

    def read(client):
        data = client.recv(65536)
        if data:
            send(client, data.upper())
        else:
            gone.add(client)

    def send(client, data):
        try:
            rest = data[client.send(data) :]
        except BlockingIOError:
            rest = data
        if rest:
            selector.modify(client, EVENT_WRITE, lambda client: send(client, rest))
        elif selector.get_key(client).events != EVENT_READ:
            selector.modify(client, EVENT_READ, read)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            try:
                key.data(key.fileobj)
            except BlockingIOError:
                continue
            except OSError:
                gone.add(key.fileobj)
        for client in gone:
            selector.unregister(client)
            client.close()
        gone.clear()
