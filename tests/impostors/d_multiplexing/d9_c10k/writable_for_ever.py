"""Never stops watching a client for writing once it was answered: nearly always writable, it makes the loop spin.

Caught by: test_ten_thousand_quiet_clients_use_next_to_no_cpu
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
            rest = unsent.get(connection, b"")
            unsent[connection] = rest[connection.send(rest) :]
        if unsent[connection]:
            selector.modify(connection, EVENT_WRITE)
        else:
            del unsent[connection]
            selector.modify(connection, EVENT_READ | (EVENT_WRITE if mask == EVENT_WRITE else 0))

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
