"""Keeps for a slow reader whatever is said, without bound: one who stands still fills the memory.

Caught by: test_readers_whose_backlog_passes_the_limit_are_dropped
"""

import selectors
import socket
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


def serve(listener: socket.socket, max_line: int = 1024, max_backlog: int = 65536) -> None:
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
        try:
            sent = chatter.sock.send(chatter.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            drop(chatter)
            return
        del chatter.unsent[:sent]
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
            del chatters[chatter.nick]
            gone.append(chatter.nick)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        for key, events in selector.select():
            if key.fileobj.fileno() != -1:
                key.data(events)
            while gone:
                tell(b"* %b left\n" % gone.pop(0))
