"""Turns clients away from the thousand and first on.

Caught by: test_ten_thousand_clients_get_their_own_answers
"""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    unsent = {}

    def welcome():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if len(selector.get_map()) > 1000:
            connection.close()
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ)

    def talk(connection, mask):
        if mask & EVENT_READ:
            data = connection.recv(65536)
            if not data:
                drop(connection)
                return
            unsent[connection] = data.upper()
        else:
            unsent[connection] = unsent[connection][connection.send(unsent[connection]) :]
        if unsent[connection]:
            selector.modify(connection, EVENT_WRITE)
        else:
            del unsent[connection]
            selector.modify(connection, EVENT_READ)

    def drop(connection):
        selector.unregister(connection)
        unsent.pop(connection, None)
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
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
