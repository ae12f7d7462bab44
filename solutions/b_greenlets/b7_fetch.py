"""Fetch many pages over HTTP, a few at a time, each with its own time limit.

The lesson: katas/b_greenlets/b7_fetch.md
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402  (the patch comes first)

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls: list, limit: int, timeout: float) -> dict:
    """Fetch every address once and return `{url: body}`; where it failed, `{url: the exception}`.

    At most `limit` requests are in flight at any moment, and as many as that while enough are left.
    A request is in flight from its connect until the last byte of its answer is there; if that
    takes longer than `timeout` seconds it fails. The time in which it waits for its turn does not
    count. The bodies are bytes. A failure costs nobody else anything.
    """

    def fetch(url: str) -> bytes | Exception:
        # urlopen's own timeout begins anew with every byte. This clock does not, and it starts
        # here, where the pool has given the request its turn.
        with gevent.Timeout(timeout, False):
            try:
                with urlopen(url) as response:
                    return response.read()
            except Exception as error:
                return error
        # gevent.Timeout is no Exception, so that no "except Exception" on its way swallows it.
        return TimeoutError(f"no whole answer within {timeout:g} s")

    # The keys of a dict: whoever is named twice is there once, and in the order given.
    return dict(Pool(limit).map(lambda url: (url, fetch(url)), dict.fromkeys(urls)))


if __name__ == "__main__":
    import os
    import threading
    import time
    from http.server import BaseHTTPRequestHandler
    from socketserver import ThreadingTCPServer

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/nowhere" else 200)
            self.end_headers()
            for _ in range(100 if self.path == "/drip" else 1):
                time.sleep(0.2)
                self.wfile.write(f"this is {self.path}\n".encode())

        def log_message(self, *args: object) -> None:
            pass

    class Site(ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64  # with the default of 5, a twelfth client waits a second to connect

        def handle_error(self, *args: object) -> None:
            pass  # its client had given up

    os.environ["no_proxy"] = "*"
    site = Site(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{site.server_address[1]}"

    for limit in (1, 4, 12):
        started = time.perf_counter()
        fetch_all([f"{home}/{n}" for n in range(12)], limit, timeout=5)
        print(f"12 pages, {limit:2} at a time: {time.perf_counter() - started:.1f} s")

    started = time.perf_counter()
    answers = fetch_all([f"{home}/{name}" for name in ("fine", "nowhere", "drip")], 3, timeout=1)
    for url, answer in answers.items():
        print(f"{url}: {answer!r}")
    print(f"all three, with a time limit of 1 s each: {time.perf_counter() - started:.1f} s")
