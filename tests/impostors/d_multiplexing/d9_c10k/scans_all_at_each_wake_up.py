"""Looks at every client at each wake-up, to see whose answer is unsent.

Caught by: test_a_message_costs_the_same_among_ten_thousand_as_among_a_hundred
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    unsent = {}
    clients = set()

    def welcome():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ)
        clients.add(connection)

    def talk(connection, mask):
        if mask & EVENT_READ:
            data = connection.recv(65536)
            if not data:
                drop(connection)
                return
            unsent[connection] = data.upper()
            return
        else:
            unsent[connection] = unsent[connection][connection.send(unsent[connection]) :]
        if not unsent[connection]:
            del unsent[connection]

    def drop(connection):
        selector.unregister(connection)
        unsent.pop(connection, None)
        clients.discard(connection)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for connection in clients:
            selector.modify(connection, EVENT_WRITE if connection in unsent else EVENT_READ)
        for key, mask in selector.select():
            if key.fileobj is listener:
                welcome()
                continue
            try:
                talk(key.fileobj, mask)
            except BlockingIOError:
                continue
            except OSError:
                drop(key.fileobj)
