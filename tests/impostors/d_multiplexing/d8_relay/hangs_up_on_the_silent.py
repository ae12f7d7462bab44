"""Ends a pair that has been silent for two seconds, as if it were over.

Caught by: test_a_quiet_relay_uses_next_to_no_cpu
"""

import selectors
import socket
import time
from dataclasses import dataclass, field
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
    last: float = field(default_factory=time.monotonic)


def serve(listener: socket.socket, upstream: tuple[str, int]) -> None:
    """Connect every client of `listener` with `upstream`, and forward bytes both ways. Never returns.

    `listener` is a bound, listening, blocking TCP socket; `upstream` is a numeric host and a port.
    For each client there is one connection to `upstream`: a pair. What one side of it says, the
    other one hears, byte for byte, also while the other direction stands still. When a side ends
    its sending, the other one sees end-of-file after all data, and may go on sending. A reset on
    one side ends both, and so does an upstream that refuses.

    Whoever does not read is not sent to without bound: a pair costs less than 1 MiB. No pair waits
    for another, not even for one whose connect to `upstream` hangs.
    """
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
        far.setblocking(False)
        near = Side(client)
        near.other = Side(far, near, connected=False)
        try:
            far.connect(upstream)
        except BlockingIOError:
            pass
        except OSError:
            drop(near)
            return
        watch(near)
        watch(near.other)

    def talk(side: Side, events: int) -> None:
        side.last = side.other.last = time.monotonic()
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
        # End-of-file comes after the data, so it waits for the rest.
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
            # The two know each other, so they go with the next garbage collection. Not this: now.
            one.unsent = b""

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        ready = selector.select(0.2)
        for key in list(selector.get_map().values()):
            if key.fileobj is listener or key.fileobj.fileno() == -1:
                continue
            if key.data.args[0].last < time.monotonic() - 2:
                drop(key.data.args[0])
        for key, events in ready:
            # The other side's turn may have ended this one: its socket is closed then.
            if key.fileobj.fileno() != -1:
                key.data(events)
