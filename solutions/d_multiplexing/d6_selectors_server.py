"""Serve a thousand clients in one thread with the best mechanism that this system has.

The lesson: katas/d_multiplexing/d6_selectors_server.md
"""

import selectors
import socket
import sys
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    a `selectors.DefaultSelector`, whose keys carry a callback each. Whatever a client does ends
    only itself. One that ends its sending side gets its whole answer, then end-of-file. One that
    does not read its answers is not read from for ever.
    """
    selector = selectors.DefaultSelector()
    paused = False

    def accept(key: SelectorKey) -> None:
        nonlocal paused
        try:
            client, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # Out of descriptors, and the listener stays readable: look away for a moment.
            selector.unregister(listener)
            paused = True
            return
        client.setblocking(False)
        selector.register(client, EVENT_READ, read)

    def read(key: SelectorKey) -> None:
        try:
            data = key.fileobj.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            # Try at once: nearly always the kernel takes it all, and the mask stays as it is.
            write(data.upper(), key)
        else:
            drop(key)

    def write(answer: bytes | memoryview, key: SelectorKey) -> None:
        try:
            sent = key.fileobj.send(answer)
        except BlockingIOError:
            sent = 0
        except OSError:
            drop(key)
            return
        if sent < len(answer):
            # Read or written, never both: so nobody can pile answers up, and at end-of-file
            # nothing is unsent.
            rest = memoryview(answer)[sent:]
            selector.modify(key.fileobj, EVENT_WRITE, partial(write, rest))
        elif key.events == EVENT_WRITE:
            selector.modify(key.fileobj, EVENT_READ, read)

    def drop(key: SelectorKey) -> None:
        # First unregister, then close: a closed socket no longer knows its descriptor.
        selector.unregister(key.fileobj)
        key.fileobj.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        events = selector.select(0.5 if paused else None)
        if paused:
            paused = False
            selector.register(listener, EVENT_READ, accept)
        for key, _ in events:
            key.data(key)


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
