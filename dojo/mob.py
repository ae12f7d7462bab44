"""Hostile clients for `tox -e soak`: many at a time, all played by one thread.

1. A client is a generator. It yields what it waits for, (events of its socket, seconds at most), and is resumed with
   the events that came, 0 if the time was up.
2. What a client is and does is drawn from the seed and its number alone, so a seed brings back the same clients in the
   same order. Only the moments differ, which the machine chooses.
3. Whatever a client hears is compared, byte for byte, with what it has said: a stream in upper case, nothing lost,
   nothing twice, nobody else's. What it did not stay to hear is not judged.
4. A server may stop reading a client that does not read. It may never let go of one that has not ended its own side.
   (A chat may: there only the parting lines are compared, which a client alone can bring about.)
"""

from __future__ import annotations

import contextlib
import errno
import heapq
import itertools
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from dojo.crowd import LINGER_NOT
from dojo.servers import Server
from dojo.watching import new_selector

PATIENCE = 20.0  # seconds without a byte, for a client that a right server answers in milliseconds
RECEIVE_BUFFER = 16_384  # small, so that answers do not fit and the server must wait to send
PIECE = 65_536
MOST = 400_000  # bytes of a long message: more than both sides' buffers hold
TICK = 0.1  # seconds between looks at whether the server still lives

Script = Generator[tuple[int, float], int, None]


class Gone(Exception):
    """The server has let go of a client, as it may."""


class Stranger:
    """One client of the mob, which expects all that it says back in upper case."""

    manners: Sequence[Callable[[Any], Script]] = ()

    def __init__(self, mob: Mob, number: int):
        self._mob = mob
        self.number = number
        self.chance = random.Random(f"{mob.seed} {number}")
        self.manner = self.chance.choice(self.manners)
        self.owed = bytearray()  # said, and not heard yet: the answer that must come
        self.heard = 0
        self.finished = False  # has ended its sending side
        self.ended = False  # has heard an end-of-file
        self.sock = socket.socket()
        self.sock.setblocking(False)

    def __str__(self) -> str:
        return f"client {self.number} ({self.manner.__doc__})"

    def live(self) -> Script:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.sock.connect_ex(self._mob.server.address) == errno.EADDRNOTAVAIL:
            yield 0, 1.0  # all ports are in TIME_WAIT: that is this machine's limit, no server's
            return
        if not (yield EVENT_WRITE, PATIENCE):
            raise self._blame("was not connected")
        if error := self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise self._mob.server.blame(f"{self} could not connect (error {error}).")
        yield from self.manner(self)

    # -- what it can do --------------------------------------------------------------------------------------

    def message(self, most: int) -> bytes:
        """1 to `most` bytes; half of the messages are letters, half anything."""
        size = self.chance.randint(1, most)
        if self.chance.random() < 0.5:
            return self.chance.randbytes(size)
        piece = bytes(self.chance.choices(b"abcdefghijklmnopqrstuvwxyz \r\n", k=min(size, 997)))
        return (piece * (size // len(piece) + 1))[:size]

    def pause(self, most: float = 0.3) -> Script:
        """Do nothing for a moment, and do not even listen."""
        yield 0, self.chance.uniform(0, most)

    def say(self, data: bytes, deaf: bool = False) -> Generator[tuple[int, float], int, bytes]:
        """Send `data`, hearing meanwhile. One who is `deaf` gives up soon; what it could not send is returned."""
        while data:
            try:
                sent = self.sock.send(data[:PIECE])
            except (BlockingIOError, InterruptedError):
                events = EVENT_WRITE if deaf else EVENT_READ | EVENT_WRITE
                ready = yield events, 0.2 if deaf else PATIENCE
                if not ready and deaf:
                    return data
                if not ready:
                    raise self._blame("could neither say nor hear anything") from None
                if ready & EVENT_READ:
                    self._listen()
            except OSError as error:
                raise self._let_go(error) from None
            else:
                self._expect(data[:sent])
                data = data[sent:]
        return b""

    def hear(self, size: int | None = None) -> Script:
        """Hear `size` bytes, or all that is owed."""
        enough = self.heard + (len(self.owed) if size is None else min(size, len(self.owed)))
        while self.heard < enough:
            if not (yield EVENT_READ, PATIENCE):
                raise self._blame("heard nothing more")
            self._listen()

    def finish(self) -> None:
        """End the sending side (half-close)."""
        self.finished = True
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise self._let_go(error) from None

    def hear_end(self) -> Script:
        while not self.ended:
            if not (yield EVENT_READ, PATIENCE):
                raise self._blame("had ended its sending side and heard no end-of-file")
            self._listen()

    def vanish(self) -> None:
        """Close so that the server sees a reset."""
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.sock.close()

    def _expect(self, said: bytes) -> None:
        self.owed += said.upper()

    def _listen(self) -> None:
        try:
            data = self.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            raise self._let_go(error) from None
        if data != self.owed[: len(data)]:
            raise self._corrupted(data)
        del self.owed[: len(data)]
        self.heard += len(data)
        self._mob.heard += len(data)
        if not data:
            self.ended = True
            if not self.finished or self.owed:
                raise self._let_go("end-of-file")

    # -- what a server did wrong -----------------------------------------------------------------------------

    def _blame(self, what: str) -> Exception:
        return self._mob.server.blame(
            f"{self} {what} for {PATIENCE:g} s; {self.heard:,} bytes had come, {len(self.owed):,} are still owed."
        )

    def _let_go(self, how: object) -> Exception:
        told = how if isinstance(how, str) else type(how).__name__
        why = "it was owed the rest of its answer" if self.finished else "it had not said goodbye"
        return self._mob.server.blame(
            f"{self} was let go ({told}) although {why};"
            f" {self.heard:,} bytes had come, {len(self.owed):,} are still owed."
        )

    def _corrupted(self, data: bytes) -> Exception:
        at = next(
            (i for i, (a, b) in enumerate(zip(self.owed, data, strict=False)) if a != b),
            min(len(self.owed), len(data)),
        )
        return self._mob.server.blame(
            f"{self} heard a wrong answer: at byte {self.heard + at:,} came {bytes(data[at : at + 16])!r},"
            f" expected {bytes(self.owed[at : at + 16])!r}."
        )


# -- manners: what a client does, from its connection to its end; the docstring is its name ------------------


def polite(client: Stranger) -> Script:
    "asks and hears"
    for _ in range(client.chance.randint(1, 8)):
        yield from client.say(client.message(2000))
        yield from client.hear()
        yield from client.pause()


def drips(client: Stranger) -> Script:
    "one byte at a time"
    for byte in client.message(40):
        yield from client.say(bytes([byte]))
        if client.chance.random() < 0.3:
            yield from client.pause(0.02)
    yield from client.hear()


def long_winded(client: Stranger) -> Script:
    "a long message"
    yield from client.say(client.message(MOST))
    yield from client.hear()


def silent(client: Stranger) -> Script:
    "silent for a while"
    yield from client.pause(1.0)
    if client.chance.random() < 0.5:
        yield from client.say(client.message(100))
        yield from client.hear()


def half_closes(client: Stranger) -> Script:
    "ends its sending side and hears the rest"
    yield from client.say(client.message(client.chance.choice((10, MOST))), deaf=True)
    client.finish()
    yield from client.pause()
    yield from client.hear_end()


def floods(client: Stranger) -> Script:
    "floods, and reads nothing for a while"
    for _ in range(client.chance.randint(1, 10)):
        rest = yield from client.say(client.message(MOST), deaf=True)
        if rest:
            break
    yield from client.pause()
    if client.chance.random() < 0.5:
        yield from client.hear()
    else:
        client.vanish()


def reads_slowly(client: Stranger) -> Script:
    "reads a little at a time"
    yield from client.say(client.message(MOST), deaf=True)
    for _ in range(client.chance.randint(1, 10)):
        yield from client.pause(0.1)
        yield from client.hear(client.chance.randint(1, PIECE))
    yield from client.hear()


def connects_and_vanishes(client: Stranger) -> Script:
    "connects and vanishes with a reset"
    if client.chance.random() < 0.5:
        yield from client.pause(0.1)
    client.vanish()


def vanishes_in_an_answer(client: Stranger) -> Script:
    "vanishes with a reset in the middle of an answer"
    yield from client.say(client.message(client.chance.choice((100, MOST))), deaf=True)
    if client.chance.random() < 0.5:
        yield from client.hear(client.chance.randint(1, PIECE))
    if client.chance.random() < 0.3:
        client.finish()
    client.vanish()


def comes_and_goes(client: Stranger) -> Script:
    "connects and leaves without a word"
    yield from client.pause(0.05)


Stranger.manners = (
    polite,
    drips,
    long_winded,
    silent,
    half_closes,
    floods,
    reads_slowly,
    connects_and_vanishes,
    vanishes_in_an_answer,
    comes_and_goes,
)


# -- the mob in a chat: serve(listener, max_line=1024, max_backlog=65536) -------------------------------------


class Chatter(Stranger):
    """One client of a chat: what others say comes when it comes, and the server may let go of it."""

    def _expect(self, said: bytes) -> None:
        pass

    def _listen(self) -> None:
        try:
            data = self.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            raise Gone from None
        self.heard += len(data)
        self._mob.heard += len(data)
        if not data:
            raise Gone

    def _let_go(self, how: object) -> Exception:
        return Gone()

    def enter(self) -> Script:
        yield from self.say(b"n%d\n" % self.number)

    def line(self) -> bytes:
        """A line that is short enough, of anything but newlines."""
        return self.message(900).replace(b"\n", b" ") + b"\n"

    def overhear(self, most: float) -> Script:
        """Read whatever comes, for a while."""
        end = time.monotonic() + self.chance.uniform(0, most)
        while (left := end - time.monotonic()) > 0:
            if (yield EVENT_READ, left):
                self._listen()


def chats(client: Chatter) -> Script:
    "says a few lines, in pieces"
    yield from client.enter()
    for _ in range(client.chance.randint(1, 8)):
        line = client.line()
        cut = client.chance.randint(0, len(line))
        yield from client.say(line[:cut])
        yield from client.overhear(0.1)
        yield from client.say(line[cut:])
        yield from client.overhear(0.3)


def is_turned_away(client: Chatter) -> Script:
    "wants a nickname that it cannot have"
    wanted, answer = client.chance.choice(
        (
            (b"\n", b"BAD NICK\n"),
            (b"a b\n", b"BAD NICK\n"),
            (b"x" * 1025 + b"\n", b"LINE TOO LONG\n"),
        )
    )
    yield from client.say(wanted)
    heard = b""
    while heard != answer:
        if not (yield EVENT_READ, PATIENCE):
            raise client._blame(f"had asked to be called {wanted[:10]!r} and heard {heard!r}")
        try:
            piece = client.sock.recv(PIECE)
        except OSError:
            piece = b""
        heard += piece
        if not piece or not answer.startswith(heard):
            raise client._mob.server.blame(
                f"{client} asked to be called {wanted[:10]!r} and heard {heard!r}, expected {answer!r}."
            )


def babbles(client: Chatter) -> Script:
    "says anything, newlines where they fall"
    yield from client.enter()
    yield from client.say(client.chance.randbytes(client.chance.randint(1, 5000)))
    yield from client.overhear(0.3)


def drips_a_line(client: Chatter) -> Script:
    "one byte at a time"
    for byte in b"n%d\nhello\n" % client.number:
        yield from client.say(bytes([byte]))
        yield from client.overhear(0.02)


def floods_the_room(client: Chatter) -> Script:
    "says a thousand lines and reads nothing"
    yield from client.enter()
    yield from client.say(b"".join(client.line() for _ in range(100)) * 10, deaf=True)
    yield from client.pause(1.0)
    client.vanish()


def is_deaf(client: Chatter) -> Script:
    "is in the room and reads nothing"
    yield from client.enter()
    yield from client.pause(2.0)


def leaves_in_a_line(client: Chatter) -> Script:
    "leaves in the middle of a line"
    yield from client.enter()
    yield from client.say(client.line()[:-1])
    if client.chance.random() < 0.5:
        client.finish()
        yield from client.overhear(0.3)
    else:
        client.vanish()


Chatter.manners = (
    chats,
    chats,
    is_turned_away,
    babbles,
    drips_a_line,
    floods_the_room,
    is_deaf,
    leaves_in_a_line,
    connects_and_vanishes,
    comes_and_goes,
)


class Mob:
    """Up to `size` clients at the same time; one who is done is replaced by the next."""

    def __init__(self, server: Server, size: int, seed: object, kind: type[Stranger] = Stranger):
        self.server, self.size, self.seed, self.kind = server, size, seed, kind
        self.heard = 0  # bytes, all of them compared
        self.manners: Counter[str] = Counter()
        self._numbers = itertools.count()
        self._selector = new_selector()
        self._scripts: dict[Stranger, Script] = {}
        self._waits: dict[Stranger, int] = {}  # the number of the wait that each is in
        self._timers: list[tuple[float, int, Stranger]] = []  # a heap; waits that are over included
        self._wait_numbers = itertools.count()

    @property
    def clients(self) -> int:
        """How many there were so far."""
        return self.manners.total()

    def play(self, seconds: float, look: Callable[[], None] = lambda: None) -> None:
        """Let them come for so many seconds, then wait until the last has left. `look()` now and then."""
        end = time.monotonic() + seconds
        while True:
            if time.monotonic() < end:
                while len(self._scripts) < self.size:
                    self._enter(self.kind(self, next(self._numbers)))
            elif not self._scripts:
                return
            self._turn()
            self.server.check()
            look()

    def _enter(self, stranger: Stranger) -> None:
        self.manners[stranger.manner.__doc__ or ""] += 1
        self._scripts[stranger] = stranger.live()
        self._resume(stranger, None)

    def _turn(self) -> None:
        """Resume everybody who has something to do; wait at most TICK for that."""
        until = min(TICK, self._timers[0][0] - time.monotonic()) if self._timers else TICK
        for key, events in self._selector.select(max(0, until)):
            self._resume(key.data, events)
        while self._timers and self._timers[0][0] <= time.monotonic():
            _, wait, stranger = heapq.heappop(self._timers)
            if self._waits.get(stranger) == wait:
                self._resume(stranger, 0)

    def _resume(self, stranger: Stranger, events: int | None) -> None:
        if events is not None:
            self._watch(stranger, 0)
        try:
            wanted, seconds = self._scripts[stranger].send(events)
        except (StopIteration, Gone):
            self._leave(stranger)
            return
        self._watch(stranger, wanted)
        self._waits[stranger] = wait = next(self._wait_numbers)
        heapq.heappush(self._timers, (time.monotonic() + seconds, wait, stranger))

    def _watch(self, stranger: Stranger, events: int) -> None:
        watched = stranger.sock in self._selector.get_map()
        if events:
            self._selector.register(stranger.sock, events, stranger)
        elif watched:
            self._selector.unregister(stranger.sock)

    def _leave(self, stranger: Stranger) -> None:
        stranger.sock.close()
        self._waits.pop(stranger, None)
        del self._scripts[stranger]

    def __enter__(self) -> Mob:
        return self

    def __exit__(self, *_: object) -> None:
        for stranger, script in self._scripts.items():
            script.close()
            stranger.vanish()
        self._selector.close()
