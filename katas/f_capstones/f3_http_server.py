"""Serve any WSGI app over HTTP/1.1: many clients at once, in one thread, on one selector.

The lesson: katas/f_capstones/f3_http_server.md
"""

import socket
import sys
from collections.abc import Callable
from typing import Any

Environ = dict[str, Any]


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
    # TODO: a parser from bytes to requests, an answer from the app to bytes, a connection between them.
    raise NotImplementedError


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
