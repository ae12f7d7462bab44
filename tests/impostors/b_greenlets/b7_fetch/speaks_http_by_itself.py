"""Speaks HTTP over its own socket, where urllib.request was asked for.

Caught by: test_the_requests_are_made_with_urllib_request
"""

from gevent import monkey

monkey.patch_all()

import socket  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def get(url):
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as sock:
        sock.sendall(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        answer = b""
        while data := sock.recv(65536):
            answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise OSError(f"{url}: {head[:40]!r}")
    return body


def fetch_all(urls, limit, timeout):
    def fetch(url):
        with gevent.Timeout(timeout, False):
            try:
                return get(url)
            except Exception as error:
                return error
        return TimeoutError("too late")

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
