"""Lets everybody go who has said nothing for two seconds: who listens is still there.

Caught by: test_a_quiet_chat_uses_next_to_no_cpu
"""

import selectors
import socket
import time
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE


@dataclass(eq=False)
class Chatter:
    sock: socket.socket
    nick: bytes = b""  # until it has said its first line
    unfinished: bytes = b""  # what it said after its last newline
    unsent: bytearray = field(default_factory=bytearray)
    events: int = EVENT_READ
    closed: bool = False
    last: float = field(default_factory=time.monotonic)


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
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        chatter = Chatter(sock)
        selector.register(sock, EVENT_READ, partial(talk, chatter))

    def talk(chatter: Chatter, events: int) -> None:
        chatter.last = time.monotonic()
        if events & EVENT_WRITE:
            flush(chatter)
        if events & EVENT_READ and not chatter.closed:
            read(chatter)

    def read(chatter: Chatter) -> None:
        try:
            data = chatter.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            drop(chatter)
            return
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
        events = EVENT_READ | EVENT_WRITE if chatter.unsent else EVENT_READ
        if events != chatter.events:
            chatter.events = events
            selector.modify(chatter.sock, events, partial(talk, chatter))

    def part(chatter: Chatter, line: bytes) -> None:
        chatter.unsent += line
        flush(chatter)
        drop(chatter)

    def drop(chatter: Chatter) -> None:
        if chatter.closed:
            return
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
        ready = selector.select(0.2)
        for key in list(selector.get_map().values()):
            if key.fileobj is not listener and key.data.args[0].last < time.monotonic() - 2:
                drop(key.data.args[0])
        for key, events in ready:
            # One that was dropped a moment ago may still be in this list: its socket is closed.
            if key.fileobj.fileno() != -1:
                key.data(events)
            while gone:
                tell(b"* %b left\n" % gone.pop(0))
