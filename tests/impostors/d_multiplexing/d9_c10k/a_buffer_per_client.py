"""Keeps a buffer for every client, whether it has something to say or not.

Caught by: test_a_client_costs_less_than_a_kibibyte
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


class Client:
    def __init__(self, connection):
        self.connection = connection
        self.buffer = bytearray(4096)
        self.size = self.sent = 0


def serve(listener):
    selector = selectors.DefaultSelector()

    def welcome():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ, Client(connection))

    def talk(client, mask):
        if mask & EVENT_READ:
            client.size, client.sent = client.connection.recv_into(client.buffer), 0
            if not client.size:
                drop(client)
                return
        answer = bytes(client.buffer[client.sent : client.size]).upper()
        client.sent += client.connection.send(answer)
        mask = EVENT_READ if client.sent == client.size else EVENT_WRITE
        selector.modify(client.connection, mask, client)

    def drop(client):
        selector.unregister(client.connection)
        client.connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for key, mask in selector.select():
            if key.data is None:
                welcome()
                continue
            try:
                talk(key.data, mask)
            except BlockingIOError:
                selector.modify(key.fileobj, EVENT_WRITE, key.data)
            except OSError:
                drop(key.data)
