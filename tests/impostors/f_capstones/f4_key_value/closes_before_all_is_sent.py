"""Closes at once at a protocol error, and forgets the replies that still wait to be sent.

Caught by: test_what_came_before_a_protocol_error_is_answered_whole
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

MAX_BULK = 512 << 20  # bytes of one argument
MAX_LINE = 64 << 10  # bytes of a line: a length, or an inline command
PIECE = 64 << 10  # bytes read at once
PILE = 64 << 20  # bytes of replies that a client may leave unread before it is read from no more


def serve(listener: socket.socket) -> None:
    store = Store()
    selector = selectors.DefaultSelector()
    paused = False

    def accept(events: int) -> None:
        nonlocal paused
        try:
            sock, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # Out of descriptors, and the listener stays readable: look away for a moment.
            selector.unregister(listener)
            paused = True
            return
        Connection(sock, selector, store)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ, accept)
    while True:
        ready = selector.select(0.5 if paused else None)
        if paused:
            paused = False
            selector.register(listener, EVENT_READ, accept)
        for key, events in ready:
            key.data(events)


# -- the protocol: bytes to commands, values to bytes


class ProtocolError(Exception):
    """From here on nobody knows where a command begins."""


class CommandError(Exception):
    """This command fails; its text is the answer."""


class Parser:
    """Takes bytes in any pieces, and gives commands, each a list of its name and arguments."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []  # what has come and is not parsed yet
        self._size = 0  # of all the pieces together
        self._enough = 0  # with fewer bytes it is no use to try again
        self._command: list[bytes] = []  # the arguments so far
        self._count = 0  # how many there will be; 0 between two commands

    def commands(self, data: bytes) -> Iterator[list[bytes]]:
        """The commands that are complete with `data`."""
        if self._pieces:
            self._pieces.append(data)
            self._size += len(data)
            if self._size < self._enough:
                return  # a long argument: joined once, when all of it is there
            data = b"".join(self._pieces)
        elif not self._count:
            # The common case, at half the cost: one whole command, and no line break in its arguments.
            lines = data.split(b"\r\n")
            words = lines[2:-1:2]
            if (words and lines[0] == b"*%d" % len(words) and lines[-1] == b"") and lines[
                1:-1:2
            ] == [b"$%d" % len(word) for word in words]:
                yield words
                return
        command, count, at, size, enough = self._command, self._count, 0, len(data), 0
        while at < size:
            if count and data[at] != 0x24:
                raise ProtocolError(f"expected '$', got {data[at : at + 1]!r}")
            end = data.find(b"\n", at)
            if end < 0:
                if size - at > MAX_LINE:
                    raise ProtocolError("too long a line")
                break
            if count:
                length = number_in(data[at + 1 : end])
                if not 0 <= length <= MAX_BULK:
                    raise ProtocolError("invalid bulk length")
                begin = end + 1
                end = begin + length
                if end + 2 > size:
                    enough = end + 2 - at
                    break
                command.append(data[begin:end])
                at = end + 2
                if len(command) == count:
                    count = 0
                    yield command
            elif data[at] == 0x2A:
                count = max(0, number_in(data[at + 1 : end]))
                command = []
                at = end + 1
            else:
                words = data[at:end].split()
                at = end + 1
                if words:
                    yield words
        self._pieces = [data[at:]] if at < size else []
        self._command, self._count, self._size, self._enough = command, count, size - at, enough


def number_in(line: bytes) -> int:
    try:
        return int(line)
    except ValueError:
        raise ProtocolError("invalid length") from None


OK, QUEUED, PONG = b"+OK\r\n", b"+QUEUED\r\n", b"+PONG\r\n"
NIL, EMPTY = b"$-1\r\n", b"*0\r\n"


def bulk(value: bytes | None) -> bytes:
    return NIL if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


def integer(number: int) -> bytes:
    return b":%d\r\n" % number


def array(replies: list[bytes]) -> bytes:
    return b"*%d\r\n%b" % (len(replies), b"".join(replies))


def error(text: str) -> bytes:
    return b"-%b\r\n" % text.encode()


# -- the store: a table of commands by name


class Store:
    """All keys. A command takes its arguments and gives its reply; it runs to its end before the next one."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes | deque[bytes]] = {}
        self.deadlines: dict[bytes, float] = {}

    def find(self, key: bytes) -> bytes | deque[bytes] | None:
        """The value of `key`. A key whose time is over is dropped here, when somebody asks for it."""
        if key in self.deadlines and self.deadlines[key] <= time.monotonic():
            self.drop(key)
        return self.values.get(key)

    def string_at(self, key: bytes) -> bytes | None:
        value = self.find(key)
        if type(value) is deque:
            raise CommandError(WRONG_TYPE)
        return value

    def list_at(self, key: bytes) -> deque[bytes]:
        value = self.find(key)
        if type(value) is bytes:
            raise CommandError(WRONG_TYPE)
        return deque() if value is None else value

    def drop(self, key: bytes) -> None:
        self.values.pop(key, None)
        self.deadlines.pop(key, None)


WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"

# Name: function, least and most arguments. The function takes the store and the arguments.
COMMANDS: dict[bytes, tuple[Callable[..., bytes], int, float]] = {}


def command(least: int, most: float | None = None) -> Callable[..., Any]:
    """Put a function into the table, under its own name."""

    def register(function: Callable[..., bytes]) -> Callable[..., bytes]:
        name = function.__name__.rstrip("_").upper().encode()
        COMMANDS[name] = (function, least, least if most is None else most)
        return function

    return register


ANY = float("inf")


def whole(text: bytes) -> int:
    """An argument, or a value, as a number of at most 64 bits."""
    digits = text[1:] if text[:1] == b"-" else text
    if digits.isdigit() and len(digits) < 20 and -(1 << 63) <= int(text) < 1 << 63:
        return int(text)
    raise CommandError("ERR value is not an integer or out of range")


@command(0, 1)
def ping(store: Store, message: bytes | None = None) -> bytes:
    return PONG if message is None else bulk(message)


@command(1)
def echo(store: Store, message: bytes) -> bytes:
    return bulk(message)


@command(1)
def get(store: Store, key: bytes) -> bytes:
    return bulk(store.string_at(key))


@command(2, ANY)
def set_(store: Store, key: bytes, value: bytes, *options: bytes) -> bytes:
    seconds, condition = None, None
    words = iter(options)
    for word in words:
        option = word.upper()
        if option in (b"EX", b"PX") and seconds is None:
            seconds = whole(next(words, b"")) / (1 if option == b"EX" else 1000)
            if seconds <= 0:
                raise CommandError("ERR invalid expire time in 'set' command")
        elif option in (b"NX", b"XX") and condition is None:
            condition = option
        else:
            raise CommandError("ERR syntax error")
    if condition and (store.find(key) is None) != (condition == b"NX"):
        return NIL
    store.values[key] = value
    store.deadlines.pop(key, None)
    if seconds is not None:
        store.deadlines[key] = time.monotonic() + seconds
    return OK


@command(1, ANY)
def del_(store: Store, *keys: bytes) -> bytes:
    found = 0
    for key in keys:
        if store.find(key) is not None:
            store.drop(key)
            found += 1
    return integer(found)


@command(1, ANY)
def exists(store: Store, *keys: bytes) -> bytes:
    return integer(sum(store.find(key) is not None for key in keys))


@command(1)
def incr(store: Store, key: bytes) -> bytes:
    return incrby(store, key, b"1")


@command(2)
def incrby(store: Store, key: bytes, by: bytes) -> bytes:
    old = store.string_at(key)
    new = b"%d" % ((0 if old is None else whole(old)) + whole(by))
    whole(new)  # refuses what has grown too long
    store.values[key] = new
    return b":%b\r\n" % new


@command(2)
def append(store: Store, key: bytes, value: bytes) -> bytes:
    store.values[key] = new = (store.string_at(key) or b"") + value
    return integer(len(new))


@command(2)
def expire(store: Store, key: bytes, seconds: bytes) -> bytes:
    deadline = time.monotonic() + whole(seconds)
    if store.find(key) is None:
        return integer(0)
    store.deadlines[key] = deadline
    return integer(1)


@command(1)
def ttl(store: Store, key: bytes) -> bytes:
    if store.find(key) is None:
        return integer(-2)
    if key not in store.deadlines:
        return integer(-1)
    return integer(round(store.deadlines[key] - time.monotonic()))


@command(1, ANY)
def mget(store: Store, *keys: bytes) -> bytes:
    values = [store.find(key) for key in keys]
    return array([bulk(value) if type(value) is bytes else NIL for value in values])


@command(2, ANY)
def mset(store: Store, *pairs: bytes) -> bytes:
    if len(pairs) % 2:
        raise CommandError("ERR wrong number of arguments for 'mset' command")
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        set_(store, key, value)
    return OK


def push(store: Store, key: bytes, add: Callable[[deque[bytes], tuple[bytes, ...]], None], values):
    items = store.list_at(key)
    add(items, values)
    store.values[key] = items
    return integer(len(items))


@command(2, ANY)
def lpush(store: Store, key: bytes, *values: bytes) -> bytes:
    return push(store, key, deque.extendleft, values)


@command(2, ANY)
def rpush(store: Store, key: bytes, *values: bytes) -> bytes:
    return push(store, key, deque.extend, values)


@command(1, 2)
def lpop(store: Store, key: bytes, count: bytes | None = None) -> bytes:
    items, wanted = store.list_at(key), 1 if count is None else whole(count)
    if wanted < 0:
        raise CommandError("ERR value is out of range, must be positive")
    if not items:
        return NIL if count is None else b"*-1\r\n"
    popped = [bulk(items.popleft()) for _ in range(min(wanted, len(items)))]
    if not items:
        store.drop(key)  # an empty list is no list
    return popped[0] if count is None else array(popped)


@command(3)
def lrange(store: Store, key: bytes, first: bytes, last: bytes) -> bytes:
    items, begin, end = store.list_at(key), whole(first), whole(last)
    begin = max(0, begin + len(items) if begin < 0 else begin)
    end = (end + len(items) if end < 0 else min(end, len(items))) + 1
    return array([bulk(item) for item in islice(items, begin, end)]) if begin < end else EMPTY


@command(1)
def llen(store: Store, key: bytes) -> bytes:
    return integer(len(store.list_at(key)))


@command(0, ANY)
def command_(store: Store, *ignored: bytes) -> bytes:
    return EMPTY  # tools ask for a description of every command, and live without


@command(1, ANY)
def config(store: Store, what: bytes, *names: bytes) -> bytes:
    if what.upper() != b"GET" or not names:
        raise CommandError("ERR only CONFIG GET is supported")
    return EMPTY  # there is nothing to configure


# -- a client: its session, and its connection


class Session:
    """What a client's commands mean to it: they run at once, or between MULTI and EXEC they queue."""

    def __init__(self, store: Store):
        self.store = store
        self.queue: list[tuple[Callable[..., bytes], list[bytes]]] | None = None
        self.spoilt = False  # since MULTI a command was refused

    def execute(self, words: list[bytes]) -> bytes:
        function, least, most = COMMANDS.get(words[0].upper(), UNKNOWN)
        if not least < len(words) <= most + 1:
            self.spoilt = True
            shown = words[0][:64].decode("ascii", "backslashreplace")
            if function is None:
                return error(f"ERR unknown command {shown!r}")
            return error(f"ERR wrong number of arguments for {shown!r}")
        if function in TRANSACTION:
            return function(self)
        if self.queue is not None:
            self.queue.append((function, words[1:]))
            return QUEUED
        return self.call(function, words[1:])

    def call(self, function: Callable[..., bytes], arguments: list[bytes]) -> bytes:
        try:
            return function(self.store, *arguments)
        except CommandError as problem:
            return error(str(problem))


UNKNOWN = (None, 1, 0)  # takes no number of arguments at all


@command(0)
def multi(session: Session) -> bytes:
    if session.queue is not None:
        return error("ERR MULTI calls can not be nested")
    session.queue, session.spoilt = [], False
    return OK


@command(0)
def exec_(session: Session) -> bytes:
    if session.queue is None:
        return error("ERR EXEC without MULTI")
    queue, session.queue = session.queue, None
    if session.spoilt:
        return error("EXECABORT Transaction discarded because of previous errors.")
    # Atomic without a lock: nobody else runs until this returns.
    return array([session.call(function, arguments) for function, arguments in queue])


@command(0)
def discard(session: Session) -> bytes:
    if session.queue is None:
        return error("ERR DISCARD without MULTI")
    session.queue = None
    return OK


TRANSACTION = {multi, exec_, discard}  # these take the session instead of the store


class Connection:
    """Moves bytes: from the socket through parser and session, and back."""

    def __init__(self, sock: socket.socket, selector: selectors.BaseSelector, store: Store):
        self.sock, self.selector = sock, selector
        self.parser, self.session = Parser(), Session(store)
        self.unsent = bytearray()
        self.ended = False  # nothing more will be read
        self.events = EVENT_READ
        sock.setblocking(False)
        selector.register(sock, EVENT_READ, self.ready)

    def ready(self, events: int) -> None:
        try:
            if events & EVENT_READ:
                self.read()
            if events & EVENT_WRITE:
                del self.unsent[: self.send(self.unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self.unsent.clear()
            self.ended = True
        if self.unsent or self.ended or self.events != EVENT_READ:
            self.watch()

    def read(self) -> None:
        data = self.sock.recv(PIECE)
        self.ended = not data
        replies, spoilt = [], False
        try:
            for words in self.parser.commands(data):
                replies.append(self.session.execute(words))
        except ProtocolError as problem:
            replies.append(error(f"ERR Protocol error: {problem}"))
            self.ended = spoilt = True
        # One `send` for all that one `recv` has brought, and at once: nearly always it takes everything.
        said = b"".join(replies)
        sent = self.send(said) if said and not self.unsent else 0
        self.unsent += said[sent:]
        if spoilt:
            self.unsent.clear()

    def send(self, data: bytes | bytearray) -> int:
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0

    def watch(self) -> None:
        """Wait for what can still happen: more commands, room for replies, or nothing any more."""
        # Clients send a whole pipeline before they read its first reply: whoever stops reading at
        # the first unsent byte may wait for a client that waits too. So there is room, but not for ever.
        reading = not self.ended and len(self.unsent) < PILE
        events = (EVENT_READ if reading else 0) | (EVENT_WRITE if self.unsent else 0)
        if not events:
            self.selector.unregister(self.sock)
            self.sock.close()
        elif events != self.events:
            self.events = events
            self.selector.modify(self.sock, events, self.ready)
