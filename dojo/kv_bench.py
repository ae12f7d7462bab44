"""What a GET costs f4 and a real redis-server, in server CPU: `tox -e bench-kv`.

Fifty clients, one command at a time each, no pipelining. Both servers take turns in one run, so that they meet the same
machine; the medians of the rounds are compared. Needs Linux and a redis-server (`sudo apt install redis-server`).
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from dojo.katas import Curriculum
from dojo.servers import Servers
from dojo.submission import Submission

CLIENTS = 50
REQUESTS = 20_000  # a round, over all clients
ROUNDS = 5
BUDGET = 1.6  # times a redis-server's CPU per GET
SAID = b"*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000001\r\n"
SET = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$64\r\n" + b"v" * 64 + b"\r\n"
HEARD = b"$64\r\n" + b"v" * 64 + b"\r\n"
PATIENCE = 20.0  # seconds for a redis-server to start, and for any single answer


class Callers:
    """CLIENTS connections; each sends its next GET when the last one is answered."""

    def __init__(self, address: tuple[str, int]):
        self.selector = selectors.DefaultSelector()
        for _ in range(CLIENTS):
            sock = socket.create_connection(address, PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(sock, selectors.EVENT_READ)
        self.socks = [key.fileobj for key in self.selector.get_map().values()]
        self.socks[0].sendall(SET)
        if self.socks[0].recv(100) != b"+OK\r\n":
            raise RuntimeError("SET was not answered with OK")

    def get(self, requests: int) -> None:
        asked = answered = 0
        for sock in self.socks:
            sock.sendall(SAID)
            asked += 1
        while answered < asked:
            ready = self.selector.select(PATIENCE)
            if not ready:
                raise RuntimeError(f"no answer within {PATIENCE:g} s")
            for key, _ in ready:
                if key.fileobj.recv(1000) != HEARD:
                    raise RuntimeError("GET was not answered with the value")
                answered += 1
                if asked < requests:
                    key.fileobj.sendall(SAID)
                    asked += 1

    def close(self) -> None:
        self.selector.close()
        for sock in self.socks:
            sock.close()


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process so far."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return total / 1e9


@contextlib.contextmanager
def redis_server(program: str) -> Iterator[tuple[int, tuple[str, int]]]:
    """A redis-server on a free port that keeps everything in memory: its process id and address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    options = ["--bind", address[0], "--port", str(address[1]), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(address, 1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.05)
        yield process.pid, address
    finally:
        process.kill()
        process.wait()


def rounds(servers: dict[str, tuple[int, tuple[str, int]]]) -> dict[str, list[float]]:
    """CPU seconds per GET of each server, ROUNDS times, the servers taking turns."""
    callers = {name: Callers(address) for name, (_, address) in servers.items()}
    costs: dict[str, list[float]] = {name: [] for name in servers}
    for warm in (True, *[False] * ROUNDS):
        for name, (pid, _) in servers.items():
            before = cpu_seconds(pid)
            callers[name].get(REQUESTS)
            if not warm:
                costs[name].append((cpu_seconds(pid) - before) / REQUESTS)
    for caller in callers.values():
        caller.close()
    return costs


def main() -> int:
    program = shutil.which("redis-server")
    if not program or not os.path.exists("/proc/self/schedstat"):
        print("skipped: needs Linux and a redis-server (sudo apt install redis-server)")
        return 0
    kata = Curriculum().find("f4")
    file = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else kata.solution
    ours = Servers(Submission(kata, file))
    try:
        server = ours(clients=CLIENTS)
        with redis_server(program) as theirs:
            costs = rounds({"f4": (server.child.pid, server.address), "redis-server": theirs})
    finally:
        ours.end()
    print(
        f"server CPU per GET, {CLIENTS} clients, {ROUNDS} rounds of {REQUESTS:,}    median    fastest"
    )
    medians = {name: statistics.median(times) for name, times in costs.items()}
    for name, times in costs.items():
        print(f"{name:<50}{medians[name] * 1e6:8.1f} µs {min(times) * 1e6:7.1f} µs")
    ratio = medians["f4"] / medians["redis-server"]
    print(f"f4 costs {ratio:.2f} times what redis-server costs, at most {BUDGET:g} is meant")
    return 1 if ratio > BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())
