"""Keeps its clients in a list and searches it at every message: ten thousand looks for one who stands at its end.

Caught by: test_a_message_costs_the_same_among_ten_thousand_as_among_a_hundred
"""

import selectors
import socket
import sys
import time
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
    everybody = []

    def welcome() -> bool:
        """Take in everybody who waits at the door; whether there was room for all."""
        while True:
            try:
                client, _ = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return True
            except OSError:
                return False  # out of descriptors
            client.setblocking(False)
            selector.register(client, EVENT_READ)
            everybody.append(client)

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
            watch(client, EVENT_WRITE)
        else:
            del unsent[client]
            watch(client, EVENT_READ)

    def watch(client: socket.socket, events: int) -> None:
        # Nearly always the kernel takes the whole answer, and nothing has to be changed.
        if selector.get_key(client).events != events:
            selector.modify(client, events)

    def leave(client: socket.socket) -> None:
        selector.unregister(client)
        unsent.pop(client, None)
        client.close()
        everybody.remove(client)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        full = False
        for key, events in selector.select():
            client = key.fileobj
            if client is not listener:
                next(c for c in everybody if c.fileno() == key.fd)
            if client is listener:
                full = not welcome()
                continue
            try:
                answer(client) if events & EVENT_WRITE else hear(client)
            except BlockingIOError:
                continue
            except OSError:
                leave(client)
        if full:
            # The listener stays readable, and select would come back at once, for ever.
            time.sleep(0.01)


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
