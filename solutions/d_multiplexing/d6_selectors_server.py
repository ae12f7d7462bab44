"""Serve a thousand clients in one thread with the best mechanism that this system has.

The lesson: katas/d_multiplexing/d6_selectors_server.md
"""

import selectors
import socket
import sys
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    a `selectors.DefaultSelector`, whose keys carry a callback each. Whatever a client does ends
    only itself. One that ends its sending side gets its whole answer, then end-of-file. One that
    does not read its answers is not read from for ever.
    """
    selector = selectors.DefaultSelector()

    def accept(listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # gone again, or no descriptor is left: the others stay
        client.setblocking(False)
        selector.register(client, EVENT_READ, read)

    def read(client: socket.socket) -> None:
        data = client.recv(65536)
        if not data:
            drop(client)
            return
        # Try at once: nearly always the kernel takes it all, and the mask stays as it is.
        try:
            sent = client.send(data.upper())
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            # Read or written, never both: so nobody can pile answers up, and at end-of-file
            # nothing is unsent.
            rest = memoryview(data.upper())[sent:]
            selector.modify(client, EVENT_WRITE, partial(write, rest))

    def write(answer: memoryview, client: socket.socket) -> None:
        sent = client.send(answer)
        if sent < len(answer):
            selector.modify(client, EVENT_WRITE, partial(write, answer[sent:]))
        else:
            selector.modify(client, EVENT_READ, read)

    def drop(client: socket.socket) -> None:
        # First unregister, then close: a closed socket no longer knows its descriptor.
        selector.unregister(client)
        client.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            # Every callback's errors end here, and only the client that they are about.
            try:
                key.data(key.fileobj)
            except BlockingIOError:
                pass  # woken for nothing
            except OSError:
                drop(key.fileobj)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
