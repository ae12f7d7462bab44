"""Serve any WSGI app over HTTP/1.1: many clients at once, in one thread, on one selector.

The lesson: katas/f_capstones/f3_http_server.md

Bytes become requests in `requests_in`, what the app says becomes bytes in `Answer`; neither knows a
socket. A `Connection` moves the bytes and decides when to end; `Server` waits for all of them.
"""

import io
import re
import selectors
import socket
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from email.utils import formatdate
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any
from urllib.parse import unquote

Environ = dict[str, Any]

LINGER = 2.0  # seconds for which a refused client's bytes are still taken, and thrown away
PAUSE = 0.5  # seconds without accepting when there are no descriptors left
TURN = 16  # pieces of one answer, or newcomers, before the others have their turn

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
REQUEST_LINE = re.compile(rf"({TOKEN}) ([!-~\x80-\xff]+) HTTP/([0-9])\.([0-9])")
ORIGIN = re.compile(r"https?://[^/?]*", re.IGNORECASE)  # may stand before a path: RFC 9112, 3.2.2
FIELD = re.compile(rf"({TOKEN}):([\t -~\x80-\xff]*)")
CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;.*)?")  # extensions are ignored: RFC 9112, 7.1.1


# -- bytes in: requests out


class Refused(Exception):
    """This request is answered with `status`, and nothing after it is heard."""

    def __init__(self, status: int):
        self.status = status


class Need(Enum):
    """What the parser says as long as it has no request."""

    HEAD = auto()  # more bytes of request line and headers
    BODY = auto()  # more bytes of the body
    CONTINUE = auto()  # the client waits to be told that it may send the body


def requests_in(
    received: bytearray, max_header: int, max_body: int
) -> Generator[Environ | Need, None, None]:
    """Takes one request after the other out of `received`, to which bytes are added while this says Need.

    A generator remembers where it stands, so this reads like the grammar, without a table of states.
    Raises Refused and is over: after a mistake nobody knows where the next request begins.
    """
    while True:
        head = yield from _until(b"\r\n\r\n", received, max_header, 431, Need.HEAD)
        head = head.lstrip(b"\r\n")  # empty lines before a request: RFC 9112, 2.2
        if not head:
            continue
        environ = _environ(head.decode("latin-1"))
        length = _length(environ, max_body)
        if _is_waiting(environ) and length != 0 and not received:
            yield Need.CONTINUE
        if length is None:
            body = yield from _chunked(received, max_header, max_body)
        else:
            while len(received) < length:
                yield Need.BODY
            body = _take(received, length)
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        yield environ


def _until(mark: bytes, received: bytearray, limit: int, status: int, need: Need):
    """What comes before `mark`; Refused(status) if that is more than `limit` bytes."""
    seen = 0
    while (end := received.find(mark, seen)) < 0 and len(received) < limit + len(mark):
        seen = max(0, len(received) - len(mark) + 1)  # no byte is searched twice
        yield need
    if not 0 <= end <= limit:
        raise Refused(status)
    found = _take(received, end)
    del received[: len(mark)]
    return found


def _take(received: bytearray, size: int) -> bytes:
    taken = bytes(received[:size])
    del received[:size]
    return taken


def _environ(head: str) -> Environ:
    line, *fields = head.split("\r\n")
    parts = REQUEST_LINE.fullmatch(line)
    if parts is None:
        raise Refused(400)
    method, target, major, minor = parts.groups()
    if major != "1":
        raise Refused(505)
    if origin := ORIGIN.match(target):
        target = target[origin.end() :]
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path, "latin-1") or "/",
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.0" if minor == "0" else "HTTP/1.1",
    }
    for field in fields:
        parts = FIELD.fullmatch(field)
        if parts is None:
            raise Refused(400)
        name, value = parts[1].upper(), parts[2].strip(" \t")
        if "_" in name:  # nobody could tell Content_Length from Content-Length any more
            continue
        name = "HTTP_" + name.replace("-", "_")
        if name not in environ:
            environ[name] = value
        elif name == "HTTP_HOST":
            raise Refused(400)
        elif name != "HTTP_CONTENT_LENGTH":
            environ[name] += ("; " if name == "HTTP_COOKIE" else ", ") + value
        elif value != environ[name]:
            raise Refused(400)
    if "HTTP_HOST" not in environ and minor != "0":
        raise Refused(400)
    return environ


def _is_waiting(environ: Environ) -> bool:
    """Does the client hold its body back until it hears from us? (RFC 9110, 10.1.1)"""
    expected = environ.get("HTTP_EXPECT", "").lower()
    return expected == "100-continue" and environ["SERVER_PROTOCOL"] != "HTTP/1.0"


def _length(environ: Environ, max_body: int) -> int | None:
    """How long the body is; None if it comes in chunks (RFC 9112, 6.3)."""
    length = environ.pop("HTTP_CONTENT_LENGTH", None)
    coding = environ.pop("HTTP_TRANSFER_ENCODING", None)
    if coding is not None:
        # Whoever reads one length where a proxy reads the other takes a body for a request.
        if length is not None:
            raise Refused(400)
        if coding.lower() != "chunked":
            raise Refused(501)
        return None
    if length is None:
        return 0
    if not re.fullmatch("[0-9]+", length):  # int() also takes "+5", "-5" and "1_0"
        raise Refused(400)
    if len(length) > 18 or int(length) > max_body:
        raise Refused(413)
    return int(length)


def _chunked(received: bytearray, max_header: int, max_body: int):
    """The body out of its chunks (RFC 9112, 7.1)."""
    body = bytearray()
    while True:
        line = yield from _until(b"\r\n", received, max_header, 400, Need.BODY)
        chunk = CHUNK.fullmatch(line)
        if chunk is None:
            raise Refused(400)
        size = int(chunk[1], 16)
        if len(body) + size > max_body:
            raise Refused(413)
        if size == 0:
            break
        while len(received) < size + 2:
            yield Need.BODY
        body += _take(received, size)
        if _take(received, 2) != b"\r\n":
            raise Refused(400)
    while (yield from _until(b"\r\n", received, max_header, 400, Need.BODY)):
        pass  # trailers, which nobody asked for
    return bytes(body)


# -- a request in: bytes out


class Answer:
    """What the app says to one request (PEP 3333), on its way to bytes.

    begun  there is a head: it is too late for another status
    last   the connection ends with this answer
    """

    def __init__(self, app: Callable[..., Any], environ: Environ):
        self._app, self._environ = app, environ
        self._status, self._headers = "", []
        self._written: list[bytes] = []
        self._left: int | None = None  # bytes of the body to come, if that is known
        self._chunked = self.begun = False
        self._modern = environ["SERVER_PROTOCOL"] != "HTTP/1.0"
        self.last = not self._modern or "close" in environ.get("HTTP_CONNECTION", "").lower()

    def pieces(self) -> Iterator[bytes]:
        said = self._app(self._environ, self._start_response)
        try:
            alone = isinstance(said, (list, tuple)) and len(said) == 1
            for data in said:
                if self._written:
                    data, alone = b"".join([*self._written, data]), False
                    self._written.clear()
                if data and (framed := self._framed(data, len(data) if alone else None)):
                    yield framed
            if end := self._end(b"".join(self._written)):
                yield end
        finally:
            if hasattr(said, "close"):
                said.close()

    def _start_response(self, status, headers, exc_info=None):
        if exc_info and self.begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if self._status and not exc_info:
            raise AssertionError("start_response was called twice")
        self._status, self._headers = status, list(headers)
        return self._written.append

    def _framed(self, data: bytes, size: int | None) -> bytes:
        """`data` as it travels, behind the head if it is the first; `size` is the whole body's, if known."""
        head = b"" if self.begun else self._head(size)
        if self._chunked:
            return b"%b%x\r\n%b\r\n" % (head, len(data), data)
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        return head + data

    def _end(self, rest: bytes) -> bytes:
        data = self._framed(rest, len(rest)) if rest or not self.begun else b""
        if self._left:  # the app has promised more: only the connection's end can tell
            self.last = True
        return data + b"0\r\n\r\n" if self._chunked else data

    def _head(self, size: int | None) -> bytes:
        if not self._status:
            raise AssertionError("start_response was not called")
        self.begun = True
        lines = [f"HTTP/1.1 {self._status}", *(f"{n}: {value}" for n, value in self._headers)]
        known = {name.lower(): value for name, value in self._headers}
        if "date" not in known:
            lines.append(_date(int(time.time())))
        if self._status[:3] in ("204", "304"):
            self._left = 0  # no body, and no length either: RFC 9112, 6.3
        elif "content-length" in known:
            self._left = int(known["content-length"])
        elif size is not None:
            self._left = size
            lines.append(f"Content-Length: {size}")
        elif self._modern:
            self._chunked = True
            lines.append("Transfer-Encoding: chunked")
        else:  # HTTP/1.0 knows no chunks: the body ends with the connection
            self.last = True
        if self._environ["REQUEST_METHOD"] == "HEAD":
            self._left, self._chunked = 0, False
        if self.last:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1")


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return f"Date: {formatdate(second, usegmt=True)}"


# -- sockets


class Clock:
    """Who waits until when. All have equally long, so whoever came first is late first: no heap."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._deadlines: dict[Any, float] = {}

    def start(self, who: Any) -> None:
        self.stop(who)
        self._deadlines[who] = time.monotonic() + self._seconds

    def stop(self, who: Any) -> None:
        self._deadlines.pop(who, None)

    def soonest(self) -> float:
        return next(iter(self._deadlines.values()), float("inf"))

    def late(self) -> Iterator[Any]:
        """Those whose time is over, taken out."""
        while self.soonest() <= time.monotonic():
            who = next(iter(self._deadlines))
            self.stop(who)
            yield who


class Connection:
    """One client. It is read from or written to, never both, so it cannot pile anything up."""

    def __init__(self, server: "Server", sock: socket.socket):
        self._server, self._sock = server, sock
        self._received = bytearray()
        self._requests = requests_in(self._received, *server.limits)
        self._unsent: bytes | memoryview = b""
        self._answer: Answer | None = None
        self._pieces: Iterator[bytes] = iter(b"")
        self._refused = False
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._callback = self._read
        server.selector.register(sock, EVENT_READ, self._read)
        server.heads.start(self)

    def _wait_for(self, event: int, callback: Callable[[], None]) -> None:
        if callback != self._callback:
            self._callback = callback
            self._server.selector.modify(self._sock, event, callback)

    def _receive(self) -> bytes | None:
        """What has come: None if nothing has, b"" if nothing ever will."""
        try:
            return self._sock.recv(65536)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _read(self) -> None:
        data = self._receive()
        if data:
            new = not self._received
            self._received += data
            self._go_on(new)
        elif data is not None:
            self.close()

    def _write(self) -> None:
        if self._send():
            self._go_on(new=True)

    def _go_on(self, new: bool) -> None:
        """Answer what has come, one request after the other; `new`: the first bytes of a head, or none yet."""
        while True:
            try:
                request = next(self._requests)
            except Refused as refused:
                return self._refuse(refused.status)
            if request is Need.HEAD:
                if new:  # not with every byte, or whoever drips is never late
                    self._server.heads.start(self)
                return self._wait_for(EVENT_READ, self._read)
            if request is Need.BODY:
                self._server.heads.stop(self)
                return self._wait_for(EVENT_READ, self._read)
            if request is Need.CONTINUE:
                self._unsent = b"HTTP/1.1 100 Continue\r\n\r\n"
            else:
                self._answer = Answer(self._server.app, {**self._server.environ, **request})
                self._pieces = self._answer.pieces()
                new = True
            if not self._send():
                return None

    def _send(self) -> bool:
        """Send what there is; True when all has gone and the connection goes on."""
        for _ in range(TURN):
            if not self._unsent and not self._more():
                return self._ended()
            try:
                sent = self._sock.send(self._unsent)
            except BlockingIOError:
                break
            except OSError:
                self.close()
                return False
            self._unsent = memoryview(self._unsent)[sent:] if sent < len(self._unsent) else b""
        self._server.heads.stop(self)
        self._wait_for(EVENT_WRITE, self._write)
        return False

    def _more(self) -> bool:
        """Ask the app for its next piece; False when there is none."""
        try:
            self._unsent = next(self._pieces, b"")
        except Exception:
            traceback.print_exc()
            if self._answer.begun:  # too late for a 500; the end comes early, and that shows
                self._answer.last = True
            else:
                self._refused, self._unsent = True, _refusal(500)
        return bool(self._unsent)

    def _ended(self) -> bool:
        if self._refused:
            self._part()
        elif self._answer and self._answer.last:
            self.close()
        else:
            return True
        return False

    def _refuse(self, status: int) -> None:
        self._refused, self._unsent = True, _refusal(status)
        self._send()

    def _part(self) -> None:
        """Say end-of-file, and throw away what still comes.

        Closed with bytes unread, a socket sends a reset, and that can destroy the answer: RFC 9112, 9.6.
        """
        self._server.heads.stop(self)
        self._server.partings.start(self)
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
        else:
            self._wait_for(EVENT_READ, self._discard)

    def _discard(self) -> None:
        if self._receive() == b"":
            self.close()

    def time_out(self) -> None:
        if self._received:
            self._refuse(408)
        else:
            self.close()

    def close(self) -> None:
        self._server.heads.stop(self)
        self._server.partings.stop(self)
        self._server.selector.unregister(self._sock)
        self._sock.close()


def _refusal(status: int) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", _date(int(time.time()))]
    return "\r\n".join([*lines, "Content-Length: 0", "Connection: close", "\r\n"]).encode()


class Server:
    """What connections share, and the loop."""

    def __init__(self, listener, app, max_header, max_body, header_timeout):
        self._listener, self.app, self.limits = listener, app, (max_header, max_body)
        self.selector = selectors.DefaultSelector()
        self.heads, self.partings, self._pauses = map(Clock, (header_timeout, LINGER, PAUSE))
        host, port = listener.getsockname()[:2]
        self.environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def run(self) -> None:
        self._listener.setblocking(False)
        self._listen()
        clocks = (self.heads, self.partings, self._pauses)
        while True:
            soonest = min(clock.soonest() for clock in clocks)
            patience = soonest - time.monotonic() if soonest < float("inf") else None
            for key, _ in self.selector.select(patience):
                key.data()
            for connection in self.heads.late():
                connection.time_out()
            for connection in self.partings.late():
                connection.close()
            for listen in self._pauses.late():
                listen()

    def _listen(self) -> None:
        self.selector.register(self._listener, EVENT_READ, self._accept)

    def _accept(self) -> None:
        for _ in range(TURN):
            try:
                sock, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return  # all who wait have come in
            except OSError:  # no descriptors left, and the listener stays readable: look away
                self.selector.unregister(self._listener)
                self._pauses.start(self._listen)
                return
            Connection(self, sock)


def serve(
    listener: socket.socket,
    app: Callable[..., Any],
    *,
    max_header: int = 65536,
    max_body: int = 1 << 20,
    header_timeout: float = 5.0,
) -> None:
    """Answer HTTP/1.1 requests (RFC 9112) with `app`, a WSGI app (PEP 3333); never returns.

    `listener` is a bound, listening, blocking TCP socket. One thread and one selector serve all clients.
    Connections are kept alive, requests may be pipelined. Bodies come with Content-Length or in chunks;
    the app is called when a body is whole, and sees it decoded, with CONTENT_LENGTH and without
    HTTP_TRANSFER_ENCODING. `Expect: 100-continue` is answered. Whatever a client does ends only itself.

    These answers, and only these, come from the server itself; each ends its connection:
    400  a malformed request line, header or chunk; Host is missing or there twice; a bad
         Content-Length, or one that is repeated differently or stands beside Transfer-Encoding
    408  the headers are incomplete after `header_timeout` seconds (a silent client: no answer, just closed)
    413  a body is announced as, or grows, longer than `max_body` bytes; then comes end-of-file, and
         what the client still sends is thrown away for a bounded time
    431  request line and headers are longer than `max_header` bytes (414 will do, too)
    500  the app fails before its headers are sent
    501  an unknown transfer coding (but methods are the app's business)
    505  HTTP/2 and up (400 will do, too)
    """
    Server(listener, app, max_header, max_body, header_timeout).run()


def tell(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    """The demo's app: tells its client what it has heard."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}, and {body!r}\n".encode()]


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8087
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(f"serving {url}/, Ctrl-C ends it; try: curl -v {url}/one {url}/two", flush=True)
    try:
        serve(listener, tell)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
