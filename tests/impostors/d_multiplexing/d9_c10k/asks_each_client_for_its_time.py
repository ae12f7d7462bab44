"""Wakes up every 50 ms and looks through all clients for some that were silent too long.

Caught by: test_ten_thousand_quiet_clients_use_next_to_no_cpu
"""

import selectors
import time
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.DefaultSelector()
    unsent, last = {}, {}

    def welcome():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, EVENT_READ)
        last[connection] = time.monotonic()

    def talk(connection, mask):
        last[connection] = time.monotonic()
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
        del last[connection]
        connection.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for connection, since in list(last.items()):
            if time.monotonic() - since > 300:
                drop(connection)
        for key, mask in selector.select(0.05):
            if key.fileobj is listener:
                welcome()
                continue
            try:
                talk(key.fileobj, mask)
            except BlockingIOError:
                continue
            except OSError:
                drop(key.fileobj)
