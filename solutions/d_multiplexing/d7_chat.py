"""A chat: whatever one says, all others hear, and nobody waits for a reader who does not read.

The lesson: katas/d_multiplexing/d7_chat.md
"""

import contextlib
import selectors
import socket
import sys
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE


@dataclass(eq=False)
class Chatter:
    sock: socket.socket
    nick: bytes = b""  # until it has said its first line
    unfinished: bytes = b""  # what it said after its last newline
    unsent: bytearray = field(default_factory=bytearray)
    closed: bool = False


def serve(listener: socket.socket, max_line: int = 1024, max_backlog: int = 65536) -> None:
    r"""Run a chat for everybody who connects to `listener`, a bound, listening TCP socket. Never returns.

    All is lines of bytes that end with b"\n"; a b"\r" before that is dropped. A client's first line is
    its nickname. From then on it hears what all others do, and they hear what it does:

        * ada joined
        ada: every line that she says
        * ada left

    Until then it hears nothing. What it said after its last newline is discarded when it leaves;
    ending the sending side is leaving. These are let go, with a parting line:

        NICK TAKEN       for a nickname that somebody has
        BAD NICK         for an empty one, and one with a space in it
        LINE TOO LONG    for a line, or a nickname, of more than `max_line` bytes, newline not counted

    A reader that is too slow is dropped, and has `left` like any other: when more than `max_backlog`
    bytes for it remain after the kernel has refused to take them. A nickname is free again at once.
    """
    selector = selectors.DefaultSelector()
    chatters: dict[bytes, Chatter] = {}  # by nickname
    gone: list[bytes] = []  # nicknames whose leaving is still to be announced

    def accept(_: int) -> None:
        # Gone again, or no descriptor is left (OSError): the others stay.
        with contextlib.suppress(OSError):
            sock, _ = listener.accept()
            sock.setblocking(False)
            selector.register(sock, EVENT_READ, partial(talk, Chatter(sock)))

    def talk(chatter: Chatter, events: int) -> None:
        # Another one's turn may have ended this one a moment ago, and it is still in the list.
        if not chatter.closed:
            flush(chatter) if events & EVENT_WRITE else read(chatter)

    def read(chatter: Chatter) -> None:
        try:
            data = chatter.sock.recv(65536)
        except BlockingIOError:
            return  # woken for nothing
        except OSError:
            data = b""
        listen(chatter, data) if data else drop(chatter)

    def listen(chatter: Chatter, data: bytes) -> None:
        *lines, chatter.unfinished = (chatter.unfinished + data).split(b"\n")
        for line in lines:
            hear(chatter, line.removesuffix(b"\r"))
            if chatter.closed:
                return
        # A line without an end is too long as soon as it cannot become a right one any more.
        if len(chatter.unfinished.removesuffix(b"\r")) > max_line:
            part(chatter, b"LINE TOO LONG\n")

    def hear(chatter: Chatter, line: bytes) -> None:
        if len(line) > max_line:
            part(chatter, b"LINE TOO LONG\n")
        elif chatter.nick:
            tell(b"%b: %b\n" % (chatter.nick, line), chatter)
        elif not line or b" " in line:
            part(chatter, b"BAD NICK\n")
        elif line in chatters:
            part(chatter, b"NICK TAKEN\n")
        else:
            chatter.nick = line
            chatters[line] = chatter
            tell(b"* %b joined\n" % line, chatter)

    def tell(line: bytes, speaker: Chatter | None = None) -> None:
        for chatter in list(chatters.values()):
            if chatter is not speaker:
                chatter.unsent += line
                flush(chatter)

    def flush(chatter: Chatter) -> None:
        # First send, then count: only what the kernel has refused is a backlog. A hundred lines at
        # once are none, as long as the kernel takes them.
        try:
            sent = chatter.sock.send(chatter.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            drop(chatter)
            return
        del chatter.unsent[:sent]
        if len(chatter.unsent) > max_backlog:
            drop(chatter)
            return
        # The selector calls the kernel only if something changes: nearly never.
        events = EVENT_READ | EVENT_WRITE if chatter.unsent else EVENT_READ
        selector.modify(chatter.sock, events, partial(talk, chatter))

    def part(chatter: Chatter, line: bytes) -> None:
        with contextlib.suppress(OSError):
            chatter.sock.send(chatter.unsent + line)
        drop(chatter)

    def drop(chatter: Chatter) -> None:
        selector.unregister(chatter.sock)
        chatter.sock.close()
        chatter.closed = True
        if chatter.nick:
            # Not told here: telling may drop another one, and that one the next.
            del chatters[chatter.nick]
            gone.append(chatter.nick)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, events in selector.select():
            key.data(events)
            while gone:
                tell(b"* %b left\n" % gone.pop(0))


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8084
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"a chat on 127.0.0.1:{port}, Ctrl-C ends it; try twice: nc 127.0.0.1 {port}", flush=True)
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
