"""DISCARD empties the queue and keeps its error: the next transaction is refused for it.

Caught by: test_discard_forgets_the_queue
"""

import io
import selectors
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

HALF_A_GIB = 1 << 29


class Mistake(Exception):
    """The connection cannot be understood any more."""


class Refusal(Exception):
    """The command's answer is an error."""


class TooEarly(Exception):
    """The rest of the command has not come yet."""


@dataclass
class Entry:
    value: bytes | list[bytes]
    end: float | None = None

    @property
    def lives(self):
        return self.end is None or time.monotonic() < self.end


@dataclass
class Client:
    sock: socket.socket
    come: bytearray = field(default_factory=bytearray)
    enough: int = 0
    leaving: deque[memoryview] = field(default_factory=deque)
    queued: list[list[bytes]] | None = None
    refused: bool = False
    closing: bool = False


class Database(dict):
    """Entries by key. Those whose time is over are not found."""

    def __missing__(self, key):
        return None

    def entry(self, key, *types):
        found = self[key]
        if found and not found.lives:
            del self[key]
            found = None
        if found and types and not isinstance(found.value, types):
            raise Refusal("WRONGTYPE Operation against a key holding the wrong kind of value")
        return found

    def made(self, key, kind):
        return self.entry(key, kind) or self.setdefault(key, Entry(kind()))


def integer(word):
    try:
        value = int(word)
    except ValueError:
        raise Refusal("ERR value is not an integer or out of range") from None
    if not -(2**63) <= value < 2**63:
        raise Refusal("ERR value is not an integer or out of range")
    return value


def run(db, words):
    """What a command comes to: str for a status, int, bytes, None or a list."""
    match [words[0].upper(), *words[1:]]:
        case [b"PING"]:
            return "PONG"
        case [b"PING" | b"ECHO", text]:
            return text
        case [b"GET", key]:
            found = db.entry(key, bytes)
            return found.value if found else None
        case [b"SET", key, value, *options]:
            return set_(db, key, value, options)
        case [b"DEL", key, *more]:
            return sum(bool(db.entry(k) and db.pop(k)) for k in (key, *more))
        case [b"EXISTS", key, *more]:
            return sum(db.entry(k) is not None for k in (key, *more))
        case [b"INCR", key]:
            return run(db, [b"INCRBY", key, b"1"])
        case [b"INCRBY", key, by]:
            found = db.entry(key, bytes)
            new = integer(b"%d" % (integer(found.value if found else b"0") + integer(by)))
            db.made(key, bytes).value = b"%d" % new
            return new
        case [b"EXPIRE", key, seconds]:
            end = time.monotonic() + integer(seconds)
            if found := db.entry(key):
                found.end = end
            return int(found is not None)
        case [b"TTL", key]:
            match db.entry(key):
                case None:
                    return -2
                case Entry(end=None):
                    return -1
                case Entry(end=end):
                    return round(end - time.monotonic())
        case [b"MGET", key, *more]:
            found = [db.entry(k) for k in (key, *more)]
            return [e.value if e and isinstance(e.value, bytes) else None for e in found]
        case [b"MSET", _, _, *more] if not len(more) % 2:
            for key, value in zip(words[1::2], words[2::2], strict=True):
                db[key] = Entry(value)
            return "OK"
        case [b"APPEND", key, text]:
            found = db.made(key, bytes)
            found.value += text
            return len(found.value)
        case [b"LPUSH" | b"RPUSH" as name, key, item, *more]:
            items = db.made(key, list).value
            at = 0 if name == b"LPUSH" else len(items)
            items[at:at] = [item, *more][:: -1 if name == b"LPUSH" else 1]
            return len(items)
        case [b"LPOP", key]:
            popped = run(db, [b"LPOP", key, b"1"])
            return popped[0] if popped else None
        case [b"LPOP", key, count]:
            found, count = db.entry(key, list), integer(count)
            if count < 0:
                raise Refusal("ERR value is out of range, must be positive")
            if not found:
                return None
            popped, found.value[:] = found.value[:count], found.value[count:]
            if not found.value:
                del db[key]
            return popped
        case [b"LLEN", key]:
            found = db.entry(key, list)
            return len(found.value) if found else 0
        case [b"LRANGE", key, first, last]:
            found, first, last = db.entry(key, list), integer(first), integer(last)
            items = found.value if found else []
            picked = range(len(items))[first:] if first > -len(items) else range(len(items))
            last += len(items) if last < 0 else 0
            return [items[n] for n in picked if n <= last]
        case [b"COMMAND", *_]:
            return []
        case [b"CONFIG", what, _, *_] if what.upper() == b"GET":
            return []
    raise Refusal(f"ERR no command {words[0][:40]!r}, or not with {len(words) - 1} arguments")


def set_(db, key, value, options):
    end, only = None, None
    match [option.upper() for option in options]:
        case [] | [b"NX" | b"XX"]:
            pass
        case (
            [b"EX" | b"PX", _]
            | [b"NX" | b"XX", b"EX" | b"PX", _]
            | [b"EX" | b"PX", _, b"NX" | b"XX"]
        ):
            pass
        case _:
            raise Refusal("ERR syntax error")
    for n, option in enumerate(map(bytes.upper, options)):
        if option in (b"EX", b"PX"):
            amount = integer(options[n + 1])
            if amount <= 0:
                raise Refusal("ERR invalid expire time in 'set' command")
            end = time.monotonic() + amount / (1000 if option == b"PX" else 1)
        elif option in (b"NX", b"XX"):
            only = option
    if only and (only == b"XX") != (db.entry(key) is not None):
        return None
    db[key] = Entry(value, end)
    return "OK"


def encoded(value):
    match value:
        case str():
            return b"+%b\r\n" % value.encode()
        case int():
            return b":%d\r\n" % value
        case bytes():
            return b"$%d\r\n%b\r\n" % (len(value), value)
        case None:
            return b"$-1\r\n"
        case list():
            return b"".join([b"*%d\r\n" % len(value), *map(encoded, value)])
        case Refusal():
            return b"-%b\r\n" % str(value).encode("ascii", "replace")


def answer(db, words):
    try:
        return run(db, words)
    except Refusal as refusal:
        return refusal


def execute(db, client, words):
    match [words[0].upper(), *words[1:]]:
        case [b"MULTI"] if client.queued is not None:
            return Refusal("ERR MULTI calls can not be nested")
        case [b"MULTI"]:
            client.queued = []
            return "OK"
        case [b"EXEC" | b"DISCARD"] if client.queued is None:
            return Refusal("ERR no MULTI")
        case [b"DISCARD"]:
            client.queued = None
            return "OK"
        case [b"EXEC"]:
            queued, client.queued = client.queued, None
            refused, client.refused = client.refused, False
            if refused:
                return Refusal("EXECABORT Transaction discarded because of previous errors.")
            return [answer(db, words) for words in queued]
    if client.queued is None:
        return answer(db, words)
    try:
        run(Database(), words)  # would it be refused whatever the database holds?
    except Refusal as refusal:
        if "no command" in str(refusal):
            client.refused = True
            return refusal
    client.queued.append(words)
    return "QUEUED"


def line(stream):
    text = stream.readline()
    if not text.endswith(b"\n"):
        raise TooEarly(0)
    return text.rstrip(b"\r\n")


def number(text):
    try:
        return int(text)
    except ValueError:
        raise Mistake("ERR Protocol error: not a number") from None


def command(stream):
    head = line(stream)
    if head[:1] != b"*":
        return head.split()
    words = []
    for _ in range(number(head[1:])):
        if (kind := stream.read(1)) not in (b"$", b""):
            raise Mistake("ERR Protocol error: expected '$'")
        size = number(line(stream)[0 if kind else 1 :])
        if not 0 <= size <= HALF_A_GIB:
            raise Mistake("ERR Protocol error: invalid bulk length")
        word = stream.read(size + 2)
        if len(word) < size + 2:
            raise TooEarly(stream.tell() + size + 2 - len(word))
        words.append(word[:-2])
    return words


def commands(client):
    if len(client.come) < client.enough:
        return
    stream, used = io.BytesIO(client.come), 0
    client.enough = 0
    try:
        while used < len(client.come):
            if words := command(stream):
                yield words
            used = stream.tell()
    except TooEarly as early:
        if early.args[0]:
            client.enough = early.args[0] - used
    finally:
        del client.come[:used]


def receive(db, client):
    data = client.sock.recv(1 << 17)
    client.closing = not data
    client.come += data
    try:
        for words in commands(client):
            client.leaving.append(memoryview(encoded(execute(db, client, words))))
    except Mistake as mistake:
        client.leaving.append(memoryview(encoded(Refusal(str(mistake)))))
        client.closing = True


def send(client):
    while client.leaving:
        pieces = b"".join([client.leaving.popleft() for _ in range(min(len(client.leaving), 500))])
        try:
            sent = client.sock.send(pieces)
        except BlockingIOError:
            sent = 0
        if sent < len(pieces):
            client.leaving.appendleft(memoryview(pieces)[sent:])
            return


def serve(listener: socket.socket) -> None:
    db, selector = Database(), selectors.DefaultSelector()
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            client = key.data
            if client is None:
                with suppress(OSError):
                    sock, _ = listener.accept()
                    sock.setblocking(False)
                    selector.register(sock, selectors.EVENT_READ, Client(sock))
                continue
            try:
                if events & selectors.EVENT_READ:
                    receive(db, client)
                send(client)
            except BlockingIOError:
                continue
            except OSError:
                client.closing = True
                client.leaving.clear()
            if client.closing and not client.leaving:
                selector.unregister(client.sock)
                client.sock.close()
                continue
            wanted = (not client.closing and selectors.EVENT_READ) | (
                bool(client.leaving) and selectors.EVENT_WRITE
            )
            if wanted != key.events:
                selector.modify(client.sock, wanted, client)
