"""The fixture `crowd`: from one to thousands of real TCP clients, all played by one thread.

Every wait has a limit, and says what was being waited for.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Sequence

import pytest

from dojo.failures import Failure
from dojo.limits import why_no_more_clients
from dojo.servers import Server
from dojo.timeline import Span
from dojo.watching import new_selector

LIMIT = 6.0  # seconds for anything that a right server does in milliseconds
STANDSTILL = (
    2.5  # seconds without a byte or a moment of CPU: longer than any pause, so nothing will come
)
PIECE = 1 << 16
LINGER_NOT = struct.pack(
    "hh" if os.name == "nt" else "ii", 1, 0
)  # SO_LINGER on, 0 s: close() sends a reset and leaves no TIME_WAIT
PARTIAL_SEND = " Is everything kept that `send` did not take? It takes what fits, and returns how much that was."
CLIENTS_PER_SECOND = (
    400  # of its own time: a right server accepts ten times as many, and answers them
)
PORTS = (
    10_000  # clients from one address: systems lend 16,000 to 28,000 ports, the last ones slowly
)
IP_BIND_ADDRESS_NO_PORT = 24  # <linux/in.h>
LISTENING = "0A"  # <net/tcp_states.h>
LANES = 200  # clients beyond these are not drawn


class Client:
    """One client. `say` queues, `hear` waits; both move the whole crowd's bytes meanwhile."""

    def __init__(
        self, crowd: Crowd, number: int, sock: socket.socket | None = None, name: str = "client"
    ):
        self._crowd = crowd
        self.number = number
        self._name = name
        self.heard = bytearray()
        self.unsent = memoryview(b"")
        self.reading = True
        self.ended: str | None = None  # "end-of-file" or "a reset", once the server has let go
        self.closed = False
        self.answers = 0  # heard so far
        self.asked: float | None = None  # since when it waits for an answer
        self.last = time.perf_counter()  # when it last heard something
        self.sock = sock or socket.socket()
        self.sock.setblocking(False)

    def __str__(self) -> str:
        return f"{self._name} {self.number}"

    def say(self, data: bytes) -> None:
        """Queue `data`; as much as the kernel takes leaves at once."""
        self.asked = self.asked or time.perf_counter()
        self.unsent = memoryview(bytes(self.unsent) + data)
        self._crowd._send(self)

    def hear(self, size: int, limit: float = LIMIT) -> bytes:
        """The next `size` bytes; a Failure if they do not come within `limit` seconds."""
        passed = self._crowd.wait(lambda: len(self.heard) >= size or self.ended is not None, limit)
        self._crowd.mark(self, whole=len(self.heard) >= size)
        if len(self.heard) < size:
            raise self._crowd.server.blame(self._why_not(size, passed))
        self.answers += 1
        data = bytes(self.heard[:size])
        del self.heard[:size]
        return data

    def ask(self, message: bytes, limit: float = LIMIT) -> bytes:
        """Say `message` and hear an answer of the same length."""
        self.say(message)
        return self.hear(len(message), limit)

    def hear_end(self, limit: float = LIMIT) -> bytes:
        """Everything up to the end that the server makes; a Failure if it makes none within `limit` seconds."""
        passed = self._crowd.wait(lambda: self.ended is not None, limit)
        if self.ended is None:
            raise self._crowd.server.blame(
                f"{self} had ended its sending side and heard no end-of-file {passed},"
                f" only {len(self.heard):,} bytes."
            )
        data = bytes(self.heard)
        self.heard.clear()
        return data

    def finish(self) -> None:
        """End the sending side (half-close)."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Vanish: the server sees a reset."""
        self._crowd._forget(self)
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.sock.close()
        self.closed = True

    def leave(self) -> None:
        """Close in an orderly way: the server sees end-of-file."""
        self._crowd._forget(self)
        self.sock.close()
        self.closed = True

    def stop_reading(self) -> None:
        """From now on answers stay in the kernel's buffers, until those are full."""
        self.reading = False
        self._crowd._watch(self)

    def read_on(self) -> None:
        self.reading = True
        self._crowd._watch(self)

    def queued(self) -> int:
        """Bytes not yet acknowledged by the server's kernel, where this system tells."""
        return self._ask_kernel("TIOCOUTQ")

    def arrived(self) -> int:
        """Bytes that have come and were not read yet, up to a mebibyte: peeked at, for Windows lacks FIONREAD."""
        try:
            return len(self.sock.recv(1 << 20, socket.MSG_PEEK))
        except OSError:
            return 0

    def _ask_kernel(self, request: str) -> int:
        try:
            import fcntl
            import termios

            answer = fcntl.ioctl(self.sock, getattr(termios, request), b"\0" * 4)
            return struct.unpack("i", answer)[0]
        except (ImportError, AttributeError, OSError):
            return 0

    def _why_not(self, size: int, passed: str) -> str:
        got = f"only {len(self.heard):,} of {size:,} bytes" if self.heard else "nothing"
        before = f" had been answered {_times(self.answers)}; then it" if self.answers else ""
        if self.ended:
            return f"{self}{before} waited for {size:,} bytes and got {got}, then {self.ended}."
        rest = PARTIAL_SEND if self.heard and size > PIECE else ""
        return f"{self}{before} waited for {size:,} bytes and heard {got} {passed}.{rest}"


class Crowd:
    """`clients` connected clients; iterate over them, index them, or let all speak with `ask`.

    As a context manager it leaves with resets, and then makes sure that the server has survived.
    """

    def __init__(self, server: Server, clients: int, receive_buffer: int | None = None):
        self.server = server
        self._selector = new_selector()
        self._masks: dict[Client, int] = {}
        self.clients: list[Client] = []
        self._adopted: list[Client] = []
        self._receive_buffer = receive_buffer
        self._start = time.perf_counter()
        self._moved = 0  # bytes, both ways
        self.join(clients)

    def join(self, clients: int) -> list[Client]:
        """Connect so many more clients, and hand them back."""
        cpu, quiet = self.server.child.cpu_seconds(), 0.0
        new: list[Client] = []
        waiting: set[Client] = set()
        while len(new) < clients or waiting:
            room = clients - len(new)
            if room > self.server.backlog // 2:  # what overflows is tried again a second later
                room = min(room, self.server.backlog - len(waiting) - self._unaccepted())
            for _ in range(room):
                new.append(self._connect(len(self.clients)))
                self.clients.append(new[-1])
                waiting.add(new[-1])
            began, before = time.monotonic(), len(waiting)
            for key, _ in self._selector.select(0.1 if waiting else 0.002):
                if key.data in waiting:
                    waiting.discard(key.data)
                    if error := key.data.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        raise self.server.blame(f"{key.data} could not connect (error {error}).")
                    self._watch(key.data)
            moved = room > 0 or len(waiting) < before
            quiet = 0.0 if moved else quiet + time.monotonic() - began
            used = self.server.child.cpu_seconds() - cpu
            # Its own time counts, and ours while we wait for it: what a busy machine takes from both is no fault.
            if quiet >= LIMIT or used >= LIMIT + clients / CLIENTS_PER_SECOND:
                missing = clients - len(new) + len(waiting)
                raise self.server.blame(
                    f"{missing:,} of {clients:,} clients were not connected when nothing had moved for"
                    f" {quiet:.0f} s, and the server had computed for {used:.1f} s."
                )
        return new

    def _connect(self, number: int) -> Client:
        try:
            client = Client(self, number)
            if self._receive_buffer:
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if number >= PORTS and sys.platform == "linux":  # elsewhere 127.0.0.2 is no address
                client.sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
                client.sock.bind((f"127.0.0.{1 + number // PORTS}", 0))
            error = client.sock.connect_ex(self.server.address)
        except OSError as refusal:
            error = refusal.errno or 0
            if not why_no_more_clients(error, number):
                raise
        if missing := why_no_more_clients(error, number):
            pytest.skip(missing)
        self._selector.register(client.sock, selectors.EVENT_WRITE, client)
        self._masks[client] = selectors.EVENT_WRITE
        return client

    def _unaccepted(self) -> int:
        """How many are connected and wait to be accepted, where this system tells."""
        host, port = self.server.address
        local = f"{struct.unpack('=I', socket.inet_aton(host))[0]:08X}:{port:04X}"
        with contextlib.suppress(OSError), open("/proc/net/tcp") as file:
            for line in file:  # listeners come first
                _, address, _, state, queues, *_ = line.split()
                if address == local and state == LISTENING:
                    return int(queues.partition(":")[2], 16)
        return 0

    def adopt(self, sock: socket.socket, name: str) -> Client:
        """Play the connected `sock` too, beside the clients; it is called `name` and a number."""
        adopted = Client(self, len(self._adopted), sock, name)
        self._adopted.append(adopted)
        self._watch(adopted)
        return adopted

    # -- speaking ------------------------------------------------------------------------------------------

    def ask(
        self, messages: Sequence[bytes], order: Iterable[int] | None = None, limit: float = LIMIT
    ) -> list[bytes]:
        """Client n says messages[n], in this `order`; the answers, each as long as its message, by client."""
        for number in order if order is not None else range(len(messages)):
            self.clients[number].say(messages[number])
        pairs = list(zip(self.clients, messages, strict=False))
        waiting = list(pairs)

        def all_answered() -> bool:
            while waiting and (
                len(waiting[-1][0].heard) >= len(waiting[-1][1]) or waiting[-1][0].ended
            ):
                waiting.pop()
            return not waiting

        passed = self.wait(all_answered, limit)
        silent = [client for client, message in pairs if len(client.heard) < len(message)]
        for client, message in pairs:
            self.mark(client, whole=len(client.heard) >= len(message))
        if silent:
            first = silent[0]
            told = first._why_not(len(messages[first.number]), passed)
            raise self.server.blame(
                f"{len(pairs) - len(silent)} of {len(pairs)} clients got their answer. {told}"
            )
        answers = []
        for client, message in pairs:
            client.answers += 1
            answers.append(bytes(client.heard[: len(message)]))
            del client.heard[: len(message)]
        return answers

    def wait(self, done: Callable[[], bool], limit: float) -> str:
        """Pump until `done()`, at most `limit` seconds, or until nobody does anything any more.

        Gives what has passed then, to go on with "… heard nothing": "within 6 s".
        """
        deadline = time.monotonic() + limit
        moved, since = self._moved, time.monotonic()
        while True:
            cpu = self.server.child.cpu_seconds()
            if self.pump(done, min(STANDSTILL, deadline - time.monotonic())):
                return ""
            if time.monotonic() >= deadline:
                return f"within {limit:g} s"
            if moved != self._moved:
                moved, since = self._moved, time.monotonic()
            elif time.monotonic() - since >= LIMIT:
                return f"and then nothing more for {LIMIT:g} s"
            elif cpu == self.server.child.cpu_seconds():
                return f"within {STANDSTILL:g} s, in which the server did nothing at all"

    def pump(self, done: Callable[[], bool], limit: float) -> bool:
        """Move bytes both ways until `done()`; whether it was before `limit` seconds were over."""
        deadline, left = time.monotonic() + limit, limit
        while left > 0 and not done():
            # When the time is over it may have been us who stood still: there is one more look.
            left = deadline - time.monotonic()
            for key, mask in self._selector.select(max(0, min(left, 0.1))):
                if mask & selectors.EVENT_READ:
                    self._receive(key.data)
                if mask & selectors.EVENT_WRITE:
                    self._send(key.data)
        return done()

    def mark(self, client: Client, whole: bool) -> None:
        """Note for the picture how long `client` waited for its answer; for ever, if not `whole`."""
        began, client.asked = client.asked, None
        if client.number < LANES and began is not None:
            self.server.until = time.perf_counter() - self._start
            ended = client.last - self._start if whole else None
            self.server.spans.append(Span(str(client), began - self._start, ended, runs=()))

    def _send(self, client: Client) -> None:
        while client.unsent and not client.closed:
            try:
                sent = client.sock.send(client.unsent[:PIECE])
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                client.ended = client.ended or "a reset"
                client.unsent = memoryview(b"")
                break
            client.unsent = client.unsent[sent:]
            self._moved += sent
        self._watch(client)

    def _receive(self, client: Client) -> None:
        try:
            data = client.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            client.ended = "a reset"
        else:
            client.last = time.perf_counter()
            client.heard += data
            self._moved += len(data)
            if not data:
                client.ended = "end-of-file"
        self._watch(client)

    def _watch(self, client: Client) -> None:
        """Register exactly what this client still wants to know."""
        mask = 0
        if not client.closed:
            mask |= selectors.EVENT_READ if client.reading and not client.ended else 0
            mask |= selectors.EVENT_WRITE if client.unsent else 0
        old = self._masks.get(client, 0)
        if mask == old or client.closed:
            return
        if not old:
            self._selector.register(client.sock, mask, client)
        elif not mask:
            self._selector.unregister(client.sock)
        else:
            self._selector.modify(client.sock, mask, client)
        self._masks[client] = mask

    def _forget(self, client: Client) -> None:
        if self._masks.pop(client, 0):
            self._selector.unregister(client.sock)

    # -- leaving -------------------------------------------------------------------------------------------

    def leave(self, clients: Iterable[Client] | None = None) -> None:
        """These clients, or all, vanish with a reset."""
        for client in list(self.clients) if clients is None else list(clients):
            if not client.closed:
                client.reset()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.leave()
        self.leave(self._adopted)
        self._selector.close()
        if kind is None:
            self.server.check()

    def __len__(self) -> int:
        return len(self.clients)

    def __iter__(self):
        return iter(self.clients)

    def __getitem__(self, number: int) -> Client:
        return self.clients[number]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def mismatch(who: str, said: bytes, heard: bytes) -> str:
    """Where an answer differs from `said` in upper case, as a sentence; "" if it does not."""
    expected = said.upper()
    if heard == expected:
        return ""
    if len(said) <= 40:
        return f"{who} said {said!r} and heard {heard!r}, expected {expected!r}."
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, heard, strict=False)) if a != b),
        min(len(expected), len(heard)),
    )
    rest = PARTIAL_SEND if len(heard) < len(said) else ""
    return (
        f"{who} said {len(said):,} bytes and heard {len(heard):,}; from byte {at:,} on it heard"
        f" {heard[at : at + 16]!r}…, expected {expected[at : at + 16]!r}….{rest}"
    )


__all__ = ["Client", "Crowd", "Failure", "mismatch"]
