"""A coroutine per connection reads line by line, on a small event loop; unknown lengths end with the connection."""

import heapq
import itertools
import selectors
import socket
import string
import sys
import tempfile
import time
import types
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from urllib.parse import unquote

NAMES = set(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")
DIGITS, HEXADECIMAL = set(string.digits), set(string.hexdigits)


class TimeIsOver(Exception):
    pass


class Gone(Exception):
    pass


class Failed(Exception):
    def __init__(self, status):
        self.status = status


# -- the loop


@types.coroutine
def ready(sock, event, deadline=None):
    yield sock, event, deadline


class Loop:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.waiting, self.timers, self.tickets = {}, [], itertools.count()

    def step(self, task, error=None):
        try:
            sock, event, deadline = task.throw(error) if error else task.send(None)
        except StopIteration:
            return
        ticket = next(self.tickets)
        self.waiting[ticket] = (task, sock)
        self.selector.register(sock, event, ticket)
        if deadline is not None:
            heapq.heappush(self.timers, (deadline, ticket))

    def wake(self, ticket, error=None):
        if ticket in self.waiting:
            task, sock = self.waiting.pop(ticket)
            self.selector.unregister(sock)
            self.step(task, error)

    def run(self):
        while True:
            while self.timers and self.timers[0][1] not in self.waiting:
                heapq.heappop(self.timers)
            patience = max(0, self.timers[0][0] - time.monotonic()) if self.timers else None
            for key, _ in self.selector.select(patience):
                self.wake(key.data)
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.wake(heapq.heappop(self.timers)[1], TimeIsOver())


# -- a connection's two directions


class Stream:
    def __init__(self, sock):
        self.sock, self.buffer, self.deadline = sock, b"", None

    async def more(self):
        while True:
            await ready(self.sock, EVENT_READ, self.deadline)
            try:
                data = self.sock.recv(8192)
            except BlockingIOError:
                continue
            except OSError:
                raise Gone from None
            if not data:
                raise Gone
            self.buffer += data
            return

    async def line(self, most, status):
        while b"\r\n" not in self.buffer:
            if len(self.buffer) > most:
                raise Failed(status)
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        if len(line) > most:
            raise Failed(status)
        return line.decode("latin-1")

    async def exactly(self, size):
        parts = [self.buffer[:size]]
        self.buffer = self.buffer[size:]
        missing = size - len(parts[0])
        while missing:
            await self.more()
            parts.append(self.buffer[:missing])
            self.buffer = self.buffer[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    async def send(self, data):
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except BlockingIOError:
                await ready(self.sock, EVENT_WRITE)
            except OSError:
                raise Gone from None


# -- HTTP


class Site:
    def __init__(self, loop, listener, app, max_header, max_body, header_timeout):
        self.loop, self.listener, self.app = loop, listener, app
        self.max_header, self.max_body, self.header_timeout = max_header, max_body, header_timeout

    async def accept(self):
        while True:
            await ready(self.listener, EVENT_READ)
            try:
                sock, _ = self.listener.accept()
            except OSError:
                continue
            sock.setblocking(False)
            self.loop.step(self.talk(sock))

    async def talk(self, sock):
        with sock:
            stream = Stream(sock)
            try:
                try:
                    while await self.request(stream):
                        pass
                except Failed as failed:
                    await self.fail(stream, failed.status)
                except TimeIsOver:
                    if stream.buffer or stream.begun:
                        await self.fail(stream, 408)
            except (Gone, TimeIsOver):
                pass

    async def fail(self, stream, status):
        status = HTTPStatus(status)
        text = f"<h1>{status.phrase}</h1>"
        await stream.send(
            f"HTTP/1.1 {status.value} {status.phrase}\r\nServer: coroutines\r\nconnection: close\r\n"
            f"content-type: text/html\r\ncontent-length: {len(text)}\r\n\r\n{text}".encode()
        )
        try:
            stream.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it is gone already
            raise Gone from None
        stream.deadline = time.monotonic() + 1.5
        while True:
            stream.buffer = b""
            await stream.more()

    async def request(self, stream):
        """Answer one request; whether another one may come."""
        stream.begun = False
        stream.deadline = time.monotonic() + self.header_timeout
        line = await stream.line(self.max_header, 414)
        stream.begun = True
        method, target, version = self.first_line(line)
        fields = await self.fields(stream, self.max_header - len(line))
        stream.deadline = None
        if len(fields.get("HOST", [])) != 1 and (version == "HTTP/1.1" or "HOST" in fields):
            raise Failed(400)
        body = await self.body(stream, fields)
        with body:
            environ = self.environ(method, target, version, fields, body)
            return await self.answer(stream, environ)

    def first_line(self, line):
        words = line.split(" ")
        if len(words) != 3 or not all(words) or not set(words[0]) <= NAMES:
            raise Failed(400)
        if words[2] not in ("HTTP/1.0", "HTTP/1.1"):
            raise Failed(400)
        return words

    async def fields(self, stream, most):
        fields = {}
        while line := await stream.line(most, 431):
            most -= len(line) + 2
            if most < 0:
                raise Failed(431)
            name, colon, value = line.partition(":")
            if not colon or not name or not set(name) <= NAMES:
                raise Failed(400)
            fields.setdefault(name.upper(), []).append(value.strip(" \t"))
        return fields

    async def body(self, stream, fields):
        """The body in a temporary file, at its beginning."""
        lengths = fields.pop("CONTENT-LENGTH", None)
        codings = fields.pop("TRANSFER-ENCODING", None)
        patient = fields.get("EXPECT", [""])[0].lower() == "100-continue" and not stream.buffer
        if lengths and codings:
            raise Failed(400)
        if codings and ",".join(codings).lower() != "chunked":
            raise Failed(501)
        if lengths and (len(lengths) > 1 or not lengths[0] or not set(lengths[0]) <= DIGITS):
            raise Failed(400)
        if lengths and (len(lengths[0]) > 4000 or int(lengths[0]) > self.max_body):
            raise Failed(413)
        if patient:
            await stream.send(b"HTTP/1.1 100 Go on\r\n\r\n")
        file = tempfile.SpooledTemporaryFile(max_size=1 << 16)  # noqa: SIM115  (its caller closes it)
        if lengths:
            file.write(await stream.exactly(int(lengths[0])))
        while codings:
            size = (await stream.line(4096, 400)).partition(";")[0].rstrip()
            if not size or not set(size) <= HEXADECIMAL:
                raise Failed(400)
            size = int(size, 16)
            if file.tell() + size > self.max_body:
                raise Failed(413)
            if not size:
                while await stream.line(4096, 400):
                    pass
                break
            file.write(await stream.exactly(size))
            if await stream.exactly(2) != b"\r\n":
                raise Failed(400)
        return file

    def environ(self, method, target, version, fields, body):
        size = body.tell()
        body.seek(0)
        path, _, query = target.partition("?")
        environ = {f"HTTP_{name.replace('-', '_')}": ",".join(fields[name]) for name in fields}
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        host, port = self.listener.getsockname()
        return {
            **environ,
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, encoding="latin-1"),
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(size),
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    async def answer(self, stream, environ):
        head, early, sent = [], [], False

        def start_response(status, headers, exc_info=None):
            head[:] = [status, headers]
            return early.append

        keep = "close" not in environ.get("HTTP_CONNECTION", "").lower()
        keep = keep and environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        mute = environ["REQUEST_METHOD"] == "HEAD"
        said = None
        try:
            said = self.app(environ, start_response)
            for piece in itertools.chain(said, [None]):
                data = b"".join(early) + (piece or b"")
                early.clear()
                if (data or piece is None) and not sent:
                    mute = mute or head[0][:3] in ("204", "304")
                    named = {name.lower() for name, _ in head[1]}
                    keep = keep and (mute or "content-length" in named)
                    lines = [f"{name.lower()}:{value}" for name, value in head[1]]
                    lines += [] if keep else ["connection:close"]
                    text = "\r\n".join([f"HTTP/1.1 {head[0]}", *lines, "", ""])
                    await stream.send(text.encode("latin-1"))
                    sent = True
                if data and not mute:
                    await stream.send(data)
        except (Gone, TimeIsOver):
            raise
        except Exception as error:
            print("the app:", repr(error), file=sys.stderr)
            if sent:
                raise Gone from error
            raise Failed(500) from error
        finally:
            if hasattr(said, "close"):
                said.close()
        return keep


def serve(listener, app, *, max_header=65536, max_body=1 << 20, header_timeout=5.0):
    listener.setblocking(False)
    loop = Loop()
    loop.step(Site(loop, listener, app, max_header, max_body, header_timeout).accept())
    loop.run()
