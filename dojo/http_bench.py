"""f3 beside other HTTP servers, under wrk: `tox -e bench-http`.

Every server answers the same small WSGI app to 100 connections, from one process. Prints the medians of five rounds, in
each of which all servers have their turn, once with connections kept alive and once with a new one for each request.
CPU is what the server's process used for a request: it tells more than the rate where wrk itself needs a core.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import logging
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from dojo.katas import ROOT, SOLUTIONS, Curriculum

CONNECTIONS = 100
BACKLOG = 1024
START_LIMIT = 20.0  # seconds
KINDS = ("keep-alive", "close")
AT_LEAST = {"keep-alive": 10.0, "close": 2.0}  # times wsgiref's requests per second


def app(environ, start_response):
    body = b"Hello, world!\n"
    fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", fields)
    return [body]


# -- the servers, each in its own process


def serve_f3(listener: socket.socket, target: Path) -> None:
    kata = Curriculum().find("f3")
    file = target if target.is_file() else target / kata.relative
    spec = importlib.util.spec_from_file_location(kata.slug, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[kata.slug] = module
    spec.loader.exec_module(module)
    module.serve(listener, app)


def serve_wsgiref(listener: socket.socket, _: Path) -> None:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Handler(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = BACKLOG

    server = Server(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = listener.getsockname()
    server.setup_environ()
    server.set_app(app)
    server.serve_forever()


def serve_gunicorn(listener: socket.socket, _: Path) -> None:
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):
        def load_config(self):
            self.cfg.set("bind", f"fd://{listener.fileno()}")
            self.cfg.set("worker_class", "gevent")
            self.cfg.set("workers", 1)
            self.cfg.set("loglevel", "error")

        def load(self):
            return app

    sys.argv[1:] = []
    Application().run()


def serve_waitress(listener: socket.socket, _: Path) -> None:
    import waitress

    logging.getLogger("waitress").setLevel(logging.ERROR)
    waitress.serve(app, sockets=[listener], connection_limit=1000, _quiet=True)


SERVERS: dict[str, tuple[str, str, Callable[[socket.socket, Path], None]]] = {
    "f3": ("f3", "", serve_f3),
    "wsgiref": ("wsgiref, a thread each", "", serve_wsgiref),
    "gunicorn": ("gunicorn, gevent worker", "gunicorn", serve_gunicorn),
    "waitress": ("waitress, 4 threads", "waitress", serve_waitress),
}


@contextlib.contextmanager
def running(name: str, target: Path) -> Iterator[tuple[psutil.Process, str]]:
    """The server's process and its address, while it serves."""
    command = [sys.executable, "-m", "dojo.http_bench", "--serve", name, "--target", str(target)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline())
        deadline = time.monotonic() + START_LIMIT
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not answer")
            time.sleep(0.05)
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}/"
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()
        process.stdout.close()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        return client.recv(15).startswith(b"HTTP/1.")
    return False


# -- measuring


def measured(process: psutil.Process, url: str, kind: str, seconds: float) -> tuple[float, float]:
    """Requests per second, and CPU microseconds of the server for each."""
    before = _cpu(process)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "20s"]
    command += ["-H", f"Connection: {kind}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    cpu = _cpu(process) - before
    if errors := re.findall(r"Socket errors.*|Non-2xx.*", said):
        print(f"  wrk, {url}, {kind}: {errors}", file=sys.stderr)
    requests = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])
    return rate, cpu / max(1, requests) * 1e6


def _cpu(process: psutil.Process) -> float:
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def bench(target: Path, rounds: int, seconds: float) -> bool:
    """Measure and print; whether f3 is as fast as it must be."""
    names = [name for name, (_, needs, _) in SERVERS.items() if _is_here(needs)]
    results: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(running(name, target)) for name in names}
        for _ in range(rounds):
            for kind in KINDS:
                for name, (process, url) in servers.items():
                    found = measured(process, url, kind, seconds)
                    results.setdefault((name, kind), []).append(found)
    fast = [_told(kind, names, results) for kind in KINDS]
    return all(fast)


def _is_here(module: str) -> bool:
    if module and importlib.util.find_spec(module) is None:
        print(f"{module} is not installed here: left out. `tox -e bench-http` has it.")
        return False
    return True


def _told(
    kind: str, names: list[str], results: dict[tuple[str, str], list[tuple[float, float]]]
) -> bool:
    rates = {name: [rate for rate, _ in results[name, kind]] for name in names}
    base = statistics.median(rates["wsgiref"])
    print(f"\n{kind:<26} requests/s  of wsgiref   µs of CPU a request")
    for name in names:
        rate = statistics.median(rates[name])
        cpu = statistics.median(cpu for _, cpu in results[name, kind])
        print(f"  {SERVERS[name][0]:<24} {rate:10,.0f} {rate / base:11.1f} {cpu:13.0f}")
    times, wanted = statistics.median(rates["f3"]) / base, AT_LEAST[kind]
    print(f"  f3 answers {times:.1f} times as many as wsgiref; at least {wanted:g} expected")
    return times >= wanted


def main() -> int:
    parser = argparse.ArgumentParser(prog="dojo.http_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--target", type=Path, default=SOLUTIONS, help="a tree of katas, or a file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        print(listener.getsockname()[1], flush=True)
        SERVERS[options.serve][2](listener, options.target.absolute())
        return 0
    if shutil.which("wrk") is None:
        print("needs wrk: sudo apt install wrk, or https://github.com/wg/wrk")
        return 2
    return 0 if bench(options.target.absolute(), options.rounds, options.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
