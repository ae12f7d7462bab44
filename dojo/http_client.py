"""A client that speaks HTTP byte by byte: it says exactly what a suite tells it, right or wrong, in any pieces.

Answers are read by the standard library's own parser, so every right framing is accepted: a length, chunks, or
the connection's end.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dojo.crowd import LIMIT, LINGER_NOT
from dojo.servers import Server

Value = TypeVar("Value")


@dataclass(frozen=True)
class Answer:
    """One answer: header names in lower case, `body` decoded."""

    status: int
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:60]!r}{'…' if len(self.body) > 60 else ''}"


class Caller:
    """One connection to `server`. Every wait has a limit; what does not come in time is a Failure that says so.

    broken  why nothing more could be sent, once a server has stopped listening: by itself that is no failure
    """

    def __init__(self, server: Server, *, receive_buffer: int | None = None):
        self.server = server
        self.broken: OSError | None = None
        self._asked = ""
        self._answered = 0
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(LIMIT)
        self._heard = _Heard(self.sock)
        try:
            self.sock.connect(server.address)
        except OSError as error:
            raise server.blame(f"A client could not connect: {error}.") from None

    # -- speaking ------------------------------------------------------------------------------------------

    def say(self, data: bytes) -> Caller:
        """Send `data`."""
        self._asked = self._asked or data.partition(b"\r\n")[0].decode("latin-1")[:60]
        try:
            self.sock.sendall(data)
        except OSError as error:
            self.broken = self.broken or error
        return self

    def ask(self, request: bytes) -> Answer:
        """Send a whole request and hear its answer."""
        self._asked = ""
        return self.say(request).answer(request.partition(b" ")[0].decode("latin-1"))

    def finish(self) -> None:
        """End the sending side (half-close)."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.sock.close()

    def reset(self) -> None:
        """Vanish: the server sees a reset."""
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.sock.close()

    # -- hearing -------------------------------------------------------------------------------------------

    def answer(self, method: str = "GET") -> Answer:
        """The next final answer, to a request with this method; interim ones (1xx) are passed over."""
        response = http.client.HTTPResponse(self._heard, method=method)  # type: ignore[arg-type]
        self._hear(response.begin)
        body = self._hear(response.read)
        self._answered += 1
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body)

    def interim(self) -> bytes:
        """The next head of an answer, up to its empty line: an interim answer has no more."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._hear(self._heard.readline)
            if not line:
                raise self.server.blame(f"{self} waited for an answer; the connection was ended.")
            head += line
        return head

    def rest(self, limit: float = LIMIT) -> bytes:
        """All that comes until the server ends the connection, with end-of-file or a reset.

        Raises Failure if it has not ended within `limit` seconds.
        """
        ended, heard = self.listen(limit)
        if not ended:
            told = f"heard {heard[:80]!r}" if heard else "heard nothing more"
            raise self.server.blame(
                f"{self} waited for the connection's end, and {told} within {limit:g} s."
            )
        return heard

    def listen(self, seconds: float) -> tuple[bool, bytes]:
        """Whether the connection ends in that time, and what is heard until then."""
        deadline = time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                self.sock.settimeout(left)
                if not self._heard.more():
                    return True, self._heard.take()
        except TimeoutError:
            pass
        except OSError:
            return True, self._heard.take()
        finally:
            self.sock.settimeout(LIMIT)
        return False, self._heard.take()

    def heard_something(self, seconds: float = 0.0) -> bool:
        """Whether something, be it the end, is there to be heard, or comes in that time."""
        self.sock.settimeout(seconds)
        try:
            self._heard.more()
        except (TimeoutError, BlockingIOError):
            return self._heard.waiting()
        except OSError:
            return True
        finally:
            self.sock.settimeout(LIMIT)
        return True

    def _hear(self, read: Callable[[], Value]) -> Value:
        try:
            return read()
        except TimeoutError:
            reason = f"waited for an answer, and heard {self._heard.told} within {LIMIT:g} s"
        except http.client.RemoteDisconnected:
            reason = "waited for an answer and got none: the connection was ended"
        except http.client.IncompleteRead as error:
            reason = f"heard {len(error.partial):,} bytes of the answer's body, then the connection was ended"
        except OSError:
            reason = f"waited for an answer, and heard {self._heard.told}, then a reset"
        except (http.client.HTTPException, ValueError) as error:
            reason = f"cannot understand the answer ({type(error).__name__}: {error})"
        raise self.server.blame(f"{self} {reason}.")

    def __str__(self) -> str:
        times = {0: "", 1: " that had been answered once"}
        before = times.get(self._answered, f" that had been answered {self._answered} times")
        return f"A client{before}, saying {self._asked!r}," if self._asked else "A silent client"

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Heard:
    """What has come and was not taken yet, in the shape that http.client wants: a socket, and its file."""

    def __init__(self, sock: socket.socket):
        self._sock = sock
        self._bytes = bytearray()
        self._last = b""  # the beginning of what was taken last, for sentences

    def more(self) -> bool:
        """Wait for more; False at end-of-file."""
        data = self._sock.recv(1 << 16)
        self._bytes += data
        return bool(data)

    def waiting(self) -> bool:
        """Has something come that nobody has taken?"""
        return bool(self._bytes)

    def take(self, size: int | None = None) -> bytes:
        size = len(self._bytes) if size is None else size
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        self._last = taken[:60] or self._last
        return taken

    @property
    def told(self) -> str:
        if self._bytes:
            return f"only {bytes(self._bytes[:60])!r}"
        return "nothing more" if self._last else "nothing"

    def makefile(self, *_: object) -> _Heard:
        return self

    def readline(self, limit: int = 1 << 16) -> bytes:
        while (end := self._bytes.find(b"\n")) < 0 and len(self._bytes) < limit and self.more():
            pass
        return self.take(min(end + 1, limit) if end >= 0 else limit)

    def read(self, size: int | None = None) -> bytes:
        while (size is None or len(self._bytes) < size) and self.more():
            pass
        return self.take(size)

    def readinto(self, buffer: memoryview) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        """An answer that has been read closes its file; the connection goes on."""
