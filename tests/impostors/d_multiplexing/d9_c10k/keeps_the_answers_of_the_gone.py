"""Closes a client that vanished and keeps its unsent answer for ever, though nobody is there to take it.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""

import selectors
import socket
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
                continue
            except OSError:
                leave(client)
