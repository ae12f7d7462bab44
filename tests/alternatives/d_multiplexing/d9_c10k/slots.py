"""An object with slots for each client, as the key's data; reads and writes at the same time, up to 32 KiB unsent."""

import selectors
from selectors import EVENT_READ, EVENT_WRITE

ENOUGH = 32768


class Client:
    __slots__ = ("connection", "ended", "unsent")

    def __init__(self, connection):
        connection.setblocking(False)
        self.connection = connection
        self.unsent = b""
        self.ended = False

    def go_on(self, mask):
        """The events to watch for from now on; 0 when it is over."""
        try:
            if mask & EVENT_READ:
                data = self.connection.recv(ENOUGH)
                self.ended = not data
                self.unsent += data.upper()
            if self.unsent:
                self.unsent = self.unsent[self.connection.send(self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            return 0
        reading = EVENT_READ if not self.ended and len(self.unsent) < ENOUGH else 0
        return reading | (EVENT_WRITE if self.unsent else 0)


def serve(listener):
    listener.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, EVENT_READ)
        while True:
            for key, mask in selector.select(timeout=30):
                if key.fileobj is listener:
                    try:
                        client = Client(listener.accept()[0])
                    except OSError:
                        continue
                    selector.register(client.connection, EVENT_READ, client)
                elif wanted := key.data.go_on(mask):
                    if wanted != key.events:
                        selector.modify(key.fileobj, wanted, key.data)
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
