"""A relay: it stands between its clients and another server, and passes on what each side says.

The lesson: katas/d_multiplexing/d8_relay.md
"""

import selectors
import socket
import sys
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
            return  # gone again, or no descriptor is left: the others stay
        try:
            far = socket.socket(socket.AF_INET6 if ":" in upstream[0] else socket.AF_INET)
        except OSError:
            client.close()  # no descriptor is left for its other half
            return  # and the others stay
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
            pass  # woken for nothing, or the other side takes no more
        except OSError:
            drop(side)
            return
        if side.ended and side.other.ended and not side.unsent and not side.other.unsent:
            drop(side)  # all is said, and heard
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
        for key, events in selector.select():
            # The other side's turn may have ended this one: its socket is closed then.
            if key.fileobj.fileno() != -1:
                key.data(events)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8085
    upstream = ("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8000)
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"relaying 127.0.0.1:{port} to {upstream[0]}:{upstream[1]}, Ctrl-C ends it", flush=True)
    print(f"try: curl http://127.0.0.1:{port}/", flush=True)
    try:
        serve(listener, upstream)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
