"""Serve ten thousand connected clients in one thread: nearly all of them silent, and none forgotten.

The lesson: katas/d_multiplexing/d9_c10k.md
"""

import selectors
import socket
import sys
from selectors import EVENT_READ, EVENT_WRITE


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, ten thousand clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A client that says
    nothing costs less than 1 KiB of memory and no CPU time, and a message among ten thousand
    silent clients costs what it costs among a hundred. Whatever a client does ends only itself.
    One that ends its sending side gets its whole answer, then end-of-file. One that does not read
    its answers is not read from for ever.
    """
    selector = selectors.DefaultSelector()
    # Only who has an answer under way is in here. A quiet client is a socket and a key, no more.
    unsent: dict[socket.socket, memoryview] = {}

    def welcome() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # all are in, or no descriptor is left
            client.setblocking(False)
            selector.register(client, EVENT_READ)

    def hear(client: socket.socket) -> None:
        # Read or written, never both: so nobody can pile answers up.
        if data := client.recv(65536):
            unsent[client] = memoryview(data.upper())
            answer(client)
        else:
            leave(client)

    def answer(client: socket.socket) -> None:
        try:
            rest = unsent[client][client.send(unsent[client]) :]
        except BlockingIOError:
            rest = unsent[client]
        if rest:
            unsent[client] = rest
        else:
            del unsent[client]
        # Nearly always the kernel has taken the whole answer: then nothing changes, and there is
        # nothing to tell it.
        selector.modify(client, EVENT_WRITE if rest else EVENT_READ)

    def leave(client: socket.socket) -> None:
        selector.unregister(client)
        unsent.pop(client, None)
        client.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for key, events in selector.select():
            client = key.fileobj
            if client is listener:
                welcome()
                continue
            try:
                answer(client) if events & EVENT_WRITE else hear(client)
            except BlockingIOError:
                pass  # woken for nothing
            except OSError:
                leave(client)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=4096)
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
