"""The fixture `web`: a real HTTP server on loopback that answers as it is told, and notes who asked when.

It runs in threads of the judge's process. A request is in flight from the moment when it has arrived. It is
counted as over before the last byte of its answer leaves, and when its client has closed the connection, which is
looked at before a newcomer is counted: so a client may ask for more as soon as it has read that byte, or given up.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dojo.loopback import LoopbackServer
from dojo.scenarios import Story
from dojo.timeline import Span

TICK = 0.005  # seconds between two looks at what a page waits for
LIMIT = 60.0  # seconds after which a connection is given up, whatever its page says


@dataclass
class Request:
    """One request for `path`: readings of perf_counter; `ended` is None while it is in flight.

    head    what the client said: request line and headers
    served  whether it got its whole answer; if not, its client let go, or there was none
    """

    path: str
    head: bytes
    began: float
    ended: float | None = None
    served: bool = False


@dataclass(frozen=True)
class Page:
    """What is answered under a path, see WebServer.page."""

    answer: bytes  # status line, headers, body
    early: int  # bytes of it that leave at once
    seconds: float
    until: Callable[[], bool] | None = None
    drip: bool = False


MISSING = Page(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 0, 0)


class WebServer(LoopbackServer):
    """Pages by path, each with its own manners; `requests` are in the order of their arrival."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.most_in_flight = 0
        self._in_flight: list[tuple[Request, socket.socket]] = []
        self._pages: dict[str, Page] = {}
        self._changing = threading.Lock()
        super().__init__()

    # -- pages ---------------------------------------------------------------------------------------------

    def page(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: str = "200 OK",
        seconds: float = 0.0,
        until: Callable[[], bool] | None = None,
        early: bool = False,
    ) -> str:
        """Answer with `body` after `seconds`, or as soon as `until()` holds; the page's address.

        early   status line and headers leave at once, only the body waits
        """
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        return self._add(path, Page(head + body, len(head) if early else 0, seconds, until))

    def drip(self, path: str, body: bytes, seconds: float, *, headers: bool) -> str:
        """Answer a byte at a time, in `seconds` in all: the `headers` too, or only the body."""
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        )
        return self._add(path, Page(head + body, 0 if headers else len(head), seconds, drip=True))

    def hang(self, path: str, seconds: float) -> str:
        """Take the request, say nothing for `seconds`, then close."""
        return self._add(path, Page(b"", 0, seconds))

    def raw(self, path: str, answer: bytes) -> str:
        """Answer with these bytes, HTTP or not, and close."""
        return self._add(path, Page(answer, 0, 0))

    def _add(self, path: str, page: Page) -> str:
        self._pages[path] = page
        return f"http://127.0.0.1:{self.address[1]}{path}"

    # -- what it saw ---------------------------------------------------------------------------------------

    def asked_for(self, path: str) -> list[Request]:
        """The requests for `path`."""
        return [request for request in self.requests if request.path == path]

    def over(self, *paths: str) -> bool:
        """Whether each of these was asked for, and none of their requests is in flight."""
        found = [self.asked_for(path) for path in paths]
        return all(found) and all(r.ended is not None for requests in found for r in requests)

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    @property
    def story(self) -> Story:
        """Who was in flight when, for the picture."""
        spans = [
            Span(r.path, r.began - self._began, None if r.ended is None else r.ended - self._began)
            for r in self.requests
        ]
        return Story(spans, until=max((s.ended or s.began for s in spans), default=None))

    whole_story = story

    # -- serving -------------------------------------------------------------------------------------------

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(LIMIT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            path = head.split(b" ", 2)[1].decode("latin-1")
            request = Request(path, head, time.perf_counter())
            self._begin(request, connection)
            try:
                self._answer(connection, request)
            finally:
                with self._changing:
                    self._end(request)

    def _begin(self, request: Request, connection: socket.socket) -> None:
        with self._changing:
            for other, its_connection in list(self._in_flight):
                if _is_gone(its_connection):
                    self._end(other)
            self.requests.append(request)
            self._in_flight.append((request, connection))
            self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def _end(self, request: Request, served: bool = False) -> None:
        if request.ended is None:
            request.ended, request.served = time.perf_counter(), served
            self._in_flight = [pair for pair in self._in_flight if pair[0] is not request]

    def _answer(self, connection: socket.socket, request: Request) -> None:
        page = self._pages.get(request.path, MISSING)
        connection.sendall(page.answer[: page.early])
        rest = page.answer[page.early :]
        if page.drip:
            pause = page.seconds / len(rest)
            while len(rest) > 1:
                if not self._wait(connection, pause):
                    return
                connection.sendall(rest[:1])
                rest = rest[1:]
        elif not self._wait(connection, page.seconds, page.until):
            return
        if rest:
            connection.sendall(rest[:-1])
            with self._changing:
                self._end(request, served=True)
            connection.sendall(rest[-1:])

    def _wait(
        self, connection: socket.socket, seconds: float, until: Callable[[], bool] | None = None
    ) -> bool:
        """Wait for the time, or for `until()`; False as soon as the client lets go."""
        deadline = time.perf_counter() + seconds
        while not (until and until()):
            left = max(0.0, deadline - time.perf_counter())
            if select.select([connection], [], [], min(left, TICK) if until else left)[0]:
                if not connection.recv(1):
                    return False
            elif not left:
                break
        return True


def _is_gone(connection: socket.socket) -> bool:
    """Has the client closed it?"""
    try:
        readable = select.select([connection], [], [], 0)[0]
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
