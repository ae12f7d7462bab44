"""Answers 500 when calling the app fails; an app that is a generator fails later, and its client hears nothing.

Caught by: test_an_app_that_fails_is_answered_with_500
"""

import io
import re
import selectors
import socket
import sys
import time
import traceback
from selectors import EVENT_READ, EVENT_WRITE
from urllib.parse import unquote_to_bytes

TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
LINGER = 3.0
TICK = 0.2


class Bad(Exception):
    pass


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.heard, self.unsent = bytearray(), bytearray()
        self.mask = EVENT_READ
        self.since = time.monotonic()  # when its next head, or its silence, began
        self.headed = self.continued = self.last = self.refused = False
        self.until = None  # when its time for parting is over


def parse(client, max_header, max_body):
    """The environ of the first request in the buffer, None as long as it is not whole."""
    heard = client.heard
    end = heard.find(b"\r\n\r\n")
    if (end if end >= 0 else len(heard)) > max_header:
        raise Bad(431)
    if end < 0:
        return None
    client.headed = True
    first, *lines = heard[:end].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not TOKEN.fullmatch(words[0]):
        raise Bad(400)
    method, target, version = words
    if not re.fullmatch(r"HTTP/\d\.\d", version, re.ASCII) or not target:
        raise Bad(400)
    if version > "HTTP/1.9":
        raise Bad(505)
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name):
            raise Bad(400)
        fields.setdefault(name.lower(), []).append(value.strip(" \t"))
    if len(fields.get("host", ())) != 1 and (version == "HTTP/1.1" or "host" in fields):
        raise Bad(400)
    lengths, codings = fields.pop("content-length", []), fields.pop("transfer-encoding", [])
    if lengths and (codings or len(set(lengths)) > 1):
        raise Bad(400)
    start = end + 4
    if codings:
        if [coding.lower() for coding in codings] != ["chunked"]:
            raise Bad(501)
        whole = unchunk(heard, start, max_body)
    else:
        length = lengths[0] if lengths else "0"
        if not re.fullmatch("[0-9]+", length):
            raise Bad(400)
        if len(length) > 20 or int(length) > max_body:
            raise Bad(413)
        stop = start + int(length)
        whole = (bytes(heard[start:stop]), stop) if len(heard) >= stop else None
    if whole is None:
        if "100-continue" in fields.get("expect", ()) and not client.continued:
            client.continued = True
            client.unsent += b"HTTP/1.1 100 Continue\r\n\r\n"
        return None
    body, stop = whole
    del heard[:stop]
    path, _, query = target.partition("?")
    environ = {
        "HTTP_" + name.upper().replace("-", "_"): ",".join(values)
        for name, values in fields.items()
    }
    environ |= {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": version,
        "CONTENT_TYPE": environ.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    return environ


def unchunk(heard, at, max_body):
    body = b""
    while True:
        end = heard.find(b"\r\n", at)
        if end < 0:
            if len(heard) - at > 1000:
                raise Bad(400)
            return None
        size = heard[at:end].partition(b";")[0].strip(b" \t")
        if not re.fullmatch(rb"[0-9a-fA-F]+", size):
            raise Bad(400)
        size, at = int(size, 16), end + 2
        if len(body) + size > max_body:
            raise Bad(413)
        if size == 0:
            break
        if len(heard) < at + size + 2:
            return None
        body += heard[at : at + size]
        if heard[at + size : at + size + 2] != b"\r\n":
            raise Bad(400)
        at += size + 2
    while True:  # trailers
        end = heard.find(b"\r\n", at)
        if end < 0:
            return None
        if end == at:
            return body, at + 2
        at = end + 2


def answer(app, environ):
    """The whole answer, and whether it is the last."""
    started, written = [], []

    def start_response(status, headers, exc_info=None):
        started[:] = [status, headers]
        return written.append

    said = app(environ, start_response)
    try:
        body = b"".join(said)
    except Exception:
        traceback.print_exc()
        return b"", True
    finally:
        if hasattr(said, "close"):
            said.close()
    body = b"".join(written) + body
    status, headers = started
    bodyless = status[:3] in ("204", "304")
    lines = [f"HTTP/1.1 {status}"] + [f"{name}: {value}" for name, value in headers]
    if not bodyless and not any(name.lower() == "content-length" for name, _ in headers):
        lines.append(f"content-length: {len(body)}")
    last = environ["SERVER_PROTOCOL"] == "HTTP/1.0"
    last = last or "close" in environ.get("HTTP_CONNECTION", "").lower()
    if last:
        lines.append("connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    if bodyless or environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    return head + body, last


def serve(listener, app, *, max_header=65536, max_body=1 << 20, header_timeout=5.0):
    selector = selectors.DefaultSelector()
    host, port = listener.getsockname()[:2]
    clients = set()

    def accept():
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        client = Client(sock)
        clients.add(client)
        selector.register(sock, EVENT_READ, client)

    def close(client):
        clients.discard(client)
        selector.unregister(client.sock)
        client.sock.close()

    def refuse(client, status):
        client.refused = True
        client.unsent += (
            b"HTTP/1.1 %d No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status
        )

    def work(client):
        """Send what is unsent, then answer what is there, one after the other."""
        while True:
            send(client)
            if client.unsent or client.refused or client.last:
                break
            try:
                environ = parse(client, max_header, max_body)
            except Bad as bad:
                refuse(client, bad.args[0])
                continue
            if environ is None:
                send(client)
                break
            environ |= {"SERVER_NAME": host, "SERVER_PORT": str(port)}
            client.headed = client.continued = False
            try:
                said, client.last = answer(app, environ)
            except Exception:
                traceback.print_exc()
                refuse(client, 500)
                continue
            client.unsent += said
            client.since = time.monotonic()

    def send(client):
        try:
            while client.unsent:
                del client.unsent[: client.sock.send(memoryview(client.unsent)[:262144].tobytes())]
        except BlockingIOError:
            pass

    def settle(client):
        """What is it waited for now?"""
        if client.refused and not client.unsent and client.until is None:
            client.sock.shutdown(socket.SHUT_WR)
            client.until = time.monotonic() + LINGER
        if client.last and not client.unsent:
            close(client)
            return
        mask = EVENT_WRITE if client.unsent else EVENT_READ
        if mask != client.mask:
            client.mask = mask
            selector.modify(client.sock, mask, client)

    def talk(client):
        if client.mask == EVENT_READ:
            data = client.sock.recv(65536)
            if not data:
                close(client)
                return
            if client.until is not None:
                return
            if not client.heard:
                client.since = time.monotonic()
            client.heard += data
        work(client)
        settle(client)

    def look_at_the_clock(client, now):
        if client.until is not None:
            if now > client.until:
                close(client)
        elif client.unsent:
            client.since = now
        elif not client.headed and now > client.since + header_timeout:
            if not client.heard:
                close(client)
                return
            refuse(client, 408)
            work(client)
            settle(client)

    def guarded(action, client, *arguments):
        try:
            action(client, *arguments)
        except BlockingIOError:
            pass
        except OSError:
            if client in clients:
                close(client)

    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    looked = time.monotonic()
    while True:
        for key, _ in selector.select(TICK):
            if key.data is None:
                accept()
            else:
                guarded(talk, key.data)
        now = time.monotonic()
        if now > looked + TICK:
            looked = now
            for client in list(clients):
                guarded(look_at_the_clock, client, now)
