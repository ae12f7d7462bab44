"""A client that speaks RESP2, the Redis protocol: it says exactly the bytes that a suite tells it, right or wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from dojo.crowd import LIMIT, PARTIAL_SEND, PIECE, Client, Crowd

SHOWN = 60  # bytes of what was said or heard, in sentences


class Status(str):
    """A simple string: +OK."""


class Error(str):
    """An error: -ERR …; it is a value like others, since a transaction's reply may hold some."""


def command(*words: str | bytes | int) -> bytes:
    """A command as clients send it: an array of bulk strings."""
    told = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    bulks = [b"$%d\r\n%b\r\n" % (len(word), word) for word in told]
    return b"*%d\r\n%b" % (len(bulks), b"".join(bulks))


class Speaker:
    """One client of a crowd that understands replies.

    A reply is a Status, an Error, an int, bytes, a list, or None.
    """

    def __init__(self, crowd: Crowd, client: Client):
        self.crowd = crowd
        self.client = client
        self._said = b""

    def say(self, data: bytes) -> Speaker:
        """Send `data`, whatever it is."""
        self._said = data
        self.client.say(data)
        return self

    def ask(self, *words: str | bytes | int) -> Any:
        """Send a command and hear its reply."""
        return self.say(command(*words)).reply()

    def reply(self, limit: float = LIMIT) -> Any:
        """The next reply; a Failure if none comes that can be understood."""
        heard, client = self.client.heard, self.client
        deadline = time.monotonic() + limit
        while True:
            try:
                value, end = _parse(heard, 0)
            except _Incomplete as reason:
                enough = max(reason.size, len(heard) + 1)
            except ValueError as problem:
                shown = bytes(heard[:SHOWN])
                raise self.crowd.server.blame(
                    f"After {self._asked} came {shown!r}, which is no reply: {problem}."
                ) from None
            else:
                del heard[:end]
                client.answers += 1
                return value
            passed = self.crowd.wait(
                lambda size=enough: len(heard) >= size or client.ended, deadline - time.monotonic()
            )
            if len(heard) < enough:
                self.crowd.mark(client, whole=False)
                told = f"heard only {bytes(heard[:SHOWN])!r}" if heard else "heard nothing"
                if len(heard) > SHOWN:
                    told += f"… ({len(heard):,} bytes)"
                hint = PARTIAL_SEND if len(heard) > PIECE and not client.ended else ""
                end = f"then {client.ended}" if client.ended else passed
                raise self.crowd.server.blame(
                    f"After {self._asked} {client} waited for a reply and {told}, {end}.{hint}"
                )

    def replies(self, count: int) -> list[Any]:
        """The next `count` replies; the Failure says how many came."""
        heard: list[Any] = []
        try:
            while len(heard) < count:
                heard.append(self.reply())
        except AssertionError as failure:
            if not heard:
                raise
            failure.args = (f"{len(heard):,} of {count:,} replies came. {failure}",)
            raise
        return heard

    def ended_within(self, seconds: float) -> bool:
        """Whether the server ends the connection in that time; what comes before stays in `client.heard`."""
        return self.crowd.pump(lambda: self.client.ended is not None, seconds)

    @property
    def _asked(self) -> str:
        size = len(self._said)
        return f"{self._said[:SHOWN]!r}{f'… ({size:,} bytes)' if size > SHOWN else ''}"


class Newcomer:
    """A speaker that comes with its first word: what fails then is the test's failure, not its fixture's."""

    def __init__(self, connect: Callable[[], Speaker]):
        self._connect = connect
        self._speaker: Speaker | None = None

    def __getattr__(self, name: str) -> Any:
        self._speaker = self._speaker or self._connect()
        return getattr(self._speaker, name)


class _Incomplete(Exception):
    """There must be at least `size` bytes before it is of use to look again."""

    def __init__(self, size: int = 0):
        super().__init__()
        self.size = size


def _parse(data: bytearray, at: int) -> tuple[Any, int]:
    """The reply that begins at `at`, and where it ends. Raises ValueError if it is none."""
    end = data.find(b"\r\n", at)
    if end < 0:
        if data[at : at + 1] not in (b"", b"+", b"-", b":", b"$", b"*"):
            raise ValueError("a reply begins with one of + - : $ *")
        if len(data) - at > 1000:
            raise ValueError("its first line does not end with \\r\\n")
        raise _Incomplete
    kind, line = data[at : at + 1], bytes(data[at + 1 : end])
    if kind in (b"+", b"-"):
        text = line.decode("utf-8", "replace")
        return (Status(text) if kind == b"+" else Error(text)), end + 2
    if kind not in (b":", b"$", b"*"):
        raise ValueError("a reply begins with one of + - : $ *")
    try:
        number = int(line)
    except ValueError:
        raise ValueError(f"{line[:SHOWN]!r} is no number") from None
    at = end + 2
    if kind == b":":
        return number, at
    if number < 0:
        return None, at
    if kind == b"$":
        if len(data) < at + number + 2:
            raise _Incomplete(at + number + 2)
        if data[at + number : at + number + 2] != b"\r\n":
            raise ValueError(f"after the {number:,} bytes of a bulk string comes no \\r\\n")
        return bytes(data[at : at + number]), at + number + 2
    items = []
    for _ in range(number):
        item, at = _parse(data, at)
        items.append(item)
    return items, at
