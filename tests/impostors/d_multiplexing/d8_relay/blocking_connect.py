"""Connects to upstream with a call that blocks: meanwhile every other pair stands still.

Caught by: test_a_connect_that_hangs_holds_up_no_other_pair
"""

import selectors
import socket
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE

PIECE = 65536  # bytes read at once, and the most that is kept


@dataclass(eq=False)
class Side:
    sock: socket.socket
    other: "Side | None" = None
    connected: bool = True
    unsent: memoryview | bytes = b""  # what it has not taken yet of what the other side said
    ended: bool = False  # it has ended its sending side
    events: int = 0


def serve(listener: socket.socket, upstream: tuple[str, int]) -> None:
    selector = selectors.DefaultSelector()

    def accept(_: int) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        try:
            far = socket.socket(socket.AF_INET6 if ":" in upstream[0] else socket.AF_INET)
        except OSError:  # out of descriptors
            client.close()
            return
        client.setblocking(False)
        near = Side(client)
        near.other = Side(far, near, connected=False)
        try:
            far.connect(upstream)
        except BlockingIOError:
            pass
        except OSError:
            drop(near)
            return
        far.setblocking(False)
        watch(near)
        watch(near.other)

    def talk(side: Side, events: int) -> None:
        try:
            if not side.connected:
                if side.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise ConnectionError
                side.connected = True
            if events & EVENT_READ:
                read(side)
            if events & EVENT_WRITE:
                flush(side)
        except BlockingIOError:
            pass
        except OSError:
            drop(side)
            return
        if side.ended and side.other.ended and not side.unsent and not side.other.unsent:
            drop(side)
            return
        watch(side)
        watch(side.other)

    def read(side: Side) -> None:
        data = side.sock.recv(PIECE)
        if data:
            side.other.unsent = memoryview(data)
        else:
            side.ended = True
        if side.other.connected:
            flush(side.other)

    def flush(side: Side) -> None:
        if side.unsent:
            side.unsent = side.unsent[side.sock.send(side.unsent) :]
        if side.other.ended and not side.unsent:
            side.sock.shutdown(socket.SHUT_WR)

    def watch(side: Side) -> None:
        """Read only when the other side has taken all: one piece at most is kept per direction."""
        events = 0
        if side.connected and not side.ended and not side.other.unsent:
            events |= EVENT_READ
        if side.unsent or not side.connected:
            events |= EVENT_WRITE
        if events == side.events:
            return
        if not side.events:
            selector.register(side.sock, events, partial(talk, side))
        elif not events:
            selector.unregister(side.sock)
        else:
            selector.modify(side.sock, events, partial(talk, side))
        side.events = events

    def drop(side: Side) -> None:
        for one in (side, side.other):
            if one.events:
                selector.unregister(one.sock)
            one.sock.close()

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, events in selector.select():
            if key.fileobj.fileno() != -1:
                key.data(events)
