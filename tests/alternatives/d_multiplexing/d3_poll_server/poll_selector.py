"""selectors.PollSelector, which is select.poll underneath."""

import selectors
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener):
    selector = selectors.PollSelector()
    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for key, _ in selector.select():
            sock, unsent = key.fileobj, key.data
            try:
                if sock is listener:
                    client, _ = sock.accept()
                    client.setblocking(False)
                    selector.register(client, EVENT_READ, b"")
                    continue
                if not unsent:
                    unsent = sock.recv(65536).upper()
                    if not unsent:
                        raise EOFError
                unsent = unsent[sock.send(unsent) :]
            except BlockingIOError:
                pass
            except (OSError, EOFError):
                selector.unregister(sock)
                sock.close()
                continue
            selector.modify(sock, EVENT_WRITE if unsent else EVENT_READ, unsent)
