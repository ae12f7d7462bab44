"""The load under which servers are compared: a crowd that waits, and some of it that speak in turn.

Beside dojo.crowd, which finds out whether a server is right, this one only keeps it at work: clients are plain
blocking sockets, so that what is measured is the server and the kernel, and next to nothing of ours.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import selectors
import socket
import struct
import time
from collections.abc import Sequence

from dojo.servers import Server

MESSAGE = b"abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwx\r\n"
ANSWER = MESSAGE.upper()
LIMIT = 10.0  # seconds for an answer that takes microseconds
PATIENCE = (
    1.5  # seconds without any answer, after which whoever still waits is not going to get one
)
TOGETHER = 100  # clients that come at the same time: fewer than any system lets wait to be accepted
FINE_CLOCK = os.path.exists("/proc/self/schedstat")  # nanoseconds; else ticks of 10 ms or more
TURNS = (
    100 if FINE_CLOCK else 50_000
)  # at most so many messages between two readings of the CPU time
SPELL = 0.25 if FINE_CLOCK else 0.5  # seconds, after which those that were said will do
RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # SO_LINGER: no TIME_WAIT is left


class Load:
    """The clients of one server: `held` have been answered and stay, `waiting` have not been yet."""

    def __init__(self, server: Server):
        self.server = server
        self.held: list[socket.socket] = []
        self.waiting: list[socket.socket] = []
        self.turned_away = 0
        self._random = random.Random(63)

    def invite(self, clients: int) -> None:
        """So many more come and say a message, unless it turns out that nobody is let in any more.

        Raises the Failure that ended the server, if it is over.
        """
        while clients > 0 and not self.waiting and not self.turned_away:
            group = min(clients, TOGETHER)
            self._let_in([self._connect() for _ in range(group)])
            clients -= group
        if self.waiting or self.turned_away:
            self._raise_if_over()

    def _connect(self) -> socket.socket:
        try:
            client = socket.create_connection(self.server.address, timeout=LIMIT)
        except OSError as error:
            raise self.server.blame(f"A client could not connect: {error}.") from None
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        return client

    def _let_in(self, group: list[socket.socket]) -> None:
        """All of `group` say a message; who gets the answer is held."""
        self.waiting = group
        with selectors.DefaultSelector() as selector:
            for client in group:
                with contextlib.suppress(OSError):  # turned away already: its recv will tell
                    client.sendall(MESSAGE)
                selector.register(client, selectors.EVENT_READ, len(ANSWER))
            since = time.monotonic()
            while self.waiting and time.monotonic() - since < PATIENCE:
                for key, _ in selector.select(0.1):
                    since = time.monotonic()
                    missing = key.data - len(_received(key.fileobj, key.data))
                    if missing == 0:
                        selector.unregister(key.fileobj)
                        self.waiting.remove(key.fileobj)
                        self.held.append(key.fileobj)
                    elif missing == key.data:
                        selector.unregister(key.fileobj)
                        self.waiting.remove(key.fileobj)
                        key.fileobj.close()
                        self.turned_away += 1
                    else:
                        selector.modify(key.fileobj, selectors.EVENT_READ, missing)

    def talk(
        self, messages: int, speakers: int | None = None, limit: float = math.inf
    ) -> list[float]:
        """One at a time says a message and waits for its answer; the seconds that each of them waited.

        It is anybody's turn, or that of so many `speakers` only, while all the others keep silent. After `limit`
        seconds nobody speaks any more.
        """
        step = max(1, len(self.held) // speakers) if speakers else 1
        people = self.held[::step][:speakers]
        ends = time.perf_counter() + limit
        waits: list[float] = []
        while len(waits) < messages and time.perf_counter() < ends:
            waits.append(self._ask(self._random.choice(people)))
        return waits

    def _ask(self, client: socket.socket) -> float:
        began = time.perf_counter()
        try:
            client.sendall(MESSAGE)
            answer = _received(client, len(ANSWER))
            while answer and len(answer) < len(ANSWER):
                more = _received(client, len(ANSWER) - len(answer))
                answer = answer + more if more else b""
        except OSError:
            answer = b""
        if answer != ANSWER:
            raise self.server.blame(
                f"A client said {len(MESSAGE)} bytes, and {f'heard {answer!r}' if answer else 'got no answer'}."
            )
        return time.perf_counter() - began

    def work(self, speakers: int | None = None) -> tuple[float, list[float]]:
        """The server's CPU seconds for a message, over some of them, and how long each client waited."""
        before = self.server.child.cpu_seconds()
        waits = self.talk(TURNS, speakers, SPELL)
        return (self.server.child.cpu_seconds() - before) / len(waits), waits

    def idle(self, seconds: float) -> float:
        """The share of a core that the server takes while nobody speaks, or would take if others did not."""
        before, began = _cpu_wanted(self.server), time.monotonic()
        time.sleep(seconds)
        self.server.check()
        return (_cpu_wanted(self.server) - before) / (time.monotonic() - began)

    def _raise_if_over(self) -> None:
        if reason := self.server.over(0.2):
            raise reason

    def leave(self) -> None:
        for client in [*self.held, *self.waiting]:
            client.close()


def _cpu_wanted(server: Server) -> float:
    """CPU seconds of the server, and those for which it was ready to run but others ran, where this is known."""
    folder = f"/proc/{server.child.pid}/task"
    waited = 0
    with contextlib.suppress(OSError):
        for task in os.listdir(folder):
            with open(f"{folder}/{task}/schedstat") as file:
                waited += int(file.read().split()[1])
    return server.child.cpu_seconds() + waited / 1e9


def _received(client: socket.socket, size: int) -> bytes:
    """Up to `size` bytes; none if the server has let go of this client."""
    try:
        return client.recv(size)
    except OSError:
        return b""


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
