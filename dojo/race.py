"""The reference servers against rivals: CPU for a message, memory for an idle client. A part of `tox -e bench`.

1. The same clients for all: one thread plays CLIENTS of them, and each says its next message as soon as it has the
   answer to the last. So some of them wait for the server at any time, as with a server that has work to do: it
   finds one ready, or a few, and its wait in the kernel is part of the price.
2. Counted is the server's CPU time, kernel included, never a wall time; what the clients cost is their own matter.
3. All servers run at the same time and are asked in turn, in another order each round. A ratio is taken within a
   round, in which both had the same machine, and its median over all rounds is what counts.
4. What noise has spoilt is measured again: while a target is missed there are more rounds, up to MOST of them.
"""

from __future__ import annotations

import importlib.util
import math
import os
import random
import select
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dojo.failures import Failure
from dojo.katas import Curriculum, Kata, UnknownKata
from dojo.limits import need_descriptors
from dojo.process import Child
from dojo.servers import Server
from dojo.submission import Submission

RIVALS = Path(__file__).parent / "rivals"
CLIENTS = 50
MESSAGE = b"abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwx\r\n"  # 64 bytes
ANSWER = MESSAGE.upper()
FINE_CLOCK = os.path.exists("/proc/self/schedstat")  # nanoseconds; else ticks of up to 16 ms
TURNS = 40 if FINE_CLOCK else 400  # messages of each client in a round
ROUNDS, MOST = 21, 63
IDLE, WARM = 1000, 100  # clients whose memory is counted, and those before them, whose is not
LIMIT = 10.0  # seconds for an answer that takes microseconds

# Of each reference, at most so many times what the rival uses, in CPU per message and in memory per idle client.
Targets = dict[str, dict[str, float]]
BARE = {"gevent": 0.65, "asyncio": 0.3, "uvloop": 1.15, "C": 1.35}
SPEED: Targets = {"d4": BARE, "d6": BARE, "f1": {"asyncio": 0.45}}
MEMORY: Targets = {"d4": {"gevent": 0.1}, "d6": {"gevent": 0.1}}


class Compiled:
    """A server in C, compiled for this run."""

    def __init__(self, source: Path, clients: int):
        self._folder = tempfile.TemporaryDirectory(prefix="dojo-")
        program = Path(self._folder.name, "server")
        built = subprocess.run(
            [compiler(), "-O2", "-o", program, source], capture_output=True, text=True
        )
        if built.returncode:
            raise Failure(f"{source.name} could not be compiled:\n{built.stderr}")
        with socket.create_server(("127.0.0.1", 0), backlog=clients) as listener:
            self.address = listener.getsockname()
            number = listener.fileno()
            self._process = subprocess.Popen([program, str(number)], pass_fds=[number])
        self._probe = psutil.Process(self._process.pid)

    def cpu_seconds(self) -> float:
        with open(f"/proc/{self._process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    def memory(self) -> int:
        return self._probe.memory_info().rss

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


def compiler() -> str | None:
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


@dataclass(frozen=True)
class Racer:
    name: str
    title: str
    file: Path

    def missing(self) -> str:
        """Why it cannot run here; "" if it can."""
        if self.name == "uvloop" and importlib.util.find_spec("uvloop") is None:
            return "uvloop is not installed here"
        if self.file.suffix == ".c":
            if sys.platform != "linux" or not FINE_CLOCK:
                return "needs Linux"
            if compiler() is None:
                return "no C compiler was found (cc, gcc, clang)"
        return ""

    def start(self, clients: int) -> tuple[Child | Compiled, tuple[str, int]]:
        """Its process, and the address where it listens."""
        if self.file.suffix == ".c":
            compiled = Compiled(self.file, clients)
            return compiled, compiled.address
        kata = Kata(self.name, "server", self.title, "")
        server = Server(
            Submission(kata, self.file),
            arguments={},
            backlog=clients,
            send_buffer=None,
            descriptors=clients + 100,
            before=(),
        )
        return server.child, server.address


def references(katas: Iterable[str] = SPEED) -> list[Racer]:
    """The reference solutions of those `katas` that this repository has."""
    found = []
    for name in katas:
        try:
            kata = Curriculum().find(name)
        except UnknownKata:
            continue
        if kata.id == name and kata.solution.is_file():
            found.append(Racer(kata.id, f"{kata.id}, the reference", kata.solution))
    return found


def rivals() -> list[Racer]:
    return [
        Racer("gevent", "gevent's StreamServer", RIVALS / "gevent_server.py"),
        Racer("asyncio", "asyncio streams", RIVALS / "asyncio_streams.py"),
        Racer("uvloop", "a Protocol on uvloop", RIVALS / "uvloop_protocol.py"),
        Racer("C", "an epoll loop in C", RIVALS / "epoll_loop.c"),
    ]


class Callers:
    """Connected clients that all talk at once, each as fast as it is answered.

    They are light on their feet, with epoll itself where there is one: slow clients never find the server busy,
    and the price of its waiting would hide that of its work.
    """

    def __init__(self, address: tuple[str, int], clients: int):
        self._clients: dict[int, socket.socket] = {}
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        self._selector = selectors.DefaultSelector()
        for _ in range(clients):
            client = socket.create_connection(address, LIMIT)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients[client.fileno()] = client
            if self._epoll:
                self._epoll.register(client, select.EPOLLIN)
            else:
                self._selector.register(client, selectors.EVENT_READ)

    def _ready(self) -> list[int]:
        """The descriptors of the clients that can hear something."""
        if self._epoll:
            ready = [descriptor for descriptor, _ in self._epoll.poll(LIMIT)]
        else:
            ready = [key.fd for key, _ in self._selector.select(LIMIT)]
        if not ready:
            raise Failure(f"Nobody was answered for {LIMIT:g} s.")
        return ready

    def talk(self, turns: int) -> None:
        """Each client says MESSAGE `turns` times and hears as many answers."""
        left = dict.fromkeys(self._clients, turns)
        begun: dict[int, bytes] = {}  # the rare answer of which only a part has come yet
        for client in self._clients.values():
            client.send(MESSAGE)
        while left:
            for descriptor in self._ready():
                client = self._clients[descriptor]
                heard = client.recv(len(ANSWER))
                if heard != ANSWER:
                    heard, piece = begun.pop(descriptor, b"") + heard, heard
                    if not piece or not ANSWER.startswith(heard):
                        raise Failure(f"{MESSAGE!r} was answered with {heard!r}.")
                    if heard != ANSWER:
                        begun[descriptor] = heard
                        continue
                left[descriptor] -= 1
                if left[descriptor]:
                    client.send(MESSAGE)
                else:
                    del left[descriptor]

    def leave(self) -> None:
        for client in self._clients.values():
            client.close()
        self._selector.close()
        if self._epoll:
            self._epoll.close()


@dataclass
class Score:
    """What each racer used: by name, one number a round."""

    unit: str
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, used: dict[str, float]) -> None:
        for name, amount in used.items():
            self.rounds.setdefault(name, []).append(amount)

    def typical(self, name: str) -> float:
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, rival: str) -> float:
        """Median over the rounds of `name`'s use by `rival`'s."""
        pairs = zip(self.rounds[name], self.rounds[rival], strict=True)
        return statistics.median(mine / other if other else math.inf for mine, other in pairs)

    def missed(self, targets: Targets) -> list[tuple[str, str]]:
        """(reference, rival) of each target that is not met; who is not here sets none."""
        return [
            (name, rival)
            for name, rivals in targets.items()
            for rival, target in rivals.items()
            if {name, rival} <= self.rounds.keys() and self.ratio(name, rival) > target
        ]


def speed(racers: Sequence[Racer], targets: Targets) -> Score:
    """Microseconds of the server's CPU for a message."""
    score = Score("µs")
    processes: dict[str, Child | Compiled] = {}
    callers: dict[str, Callers] = {}
    try:
        for racer in racers:
            processes[racer.name], address = racer.start(CLIENTS + 10)
            callers[racer.name] = Callers(address, CLIENTS)
        order = [racer.name for racer in racers]
        chance = random.Random(1)  # who comes after whom matters: they share caches
        for number in range(MOST):
            if number and number % ROUNDS == 0 and not score.missed(targets):
                break
            used = {}
            chance.shuffle(order)
            for name in order:
                callers[name].talk(2)  # caches and branch predictors forget in between
                before = processes[name].cpu_seconds()
                callers[name].talk(TURNS)
                used[name] = (processes[name].cpu_seconds() - before) / (CLIENTS * TURNS) * 1e6
            score.note(used)
    finally:
        for crowd in callers.values():
            crowd.leave()
        for process in processes.values():
            process.end()
    return score


def memory(racers: Sequence[Racer]) -> Score:
    """Bytes of the server's memory for a client that was answered once and is silent now."""
    score = Score("bytes")
    for racer in racers:
        process, address = racer.start(IDLE + WARM + 10)
        crowds = []
        try:
            sizes = []
            for clients in (WARM, IDLE):
                crowds.append(Callers(address, clients))
                crowds[-1].talk(1)
                sizes.append(process.memory())
            score.note({racer.name: max(0, sizes[1] - sizes[0]) / IDLE})
        finally:
            for crowd in crowds:
                crowd.leave()
            process.end()
    return score


def table(score: Score, racers: Sequence[Racer], targets: Targets) -> list[str]:
    """A line for each racer; beside a reference its ratios, each with its target."""
    beaten = list(dict.fromkeys(rival for rivals in targets.values() for rival in rivals))
    lines = [f"{'':30}{score.unit:>8}" + "".join(f"{'/ ' + rival:>20}" for rival in beaten)]
    for racer in racers:
        if racer.name not in score.rounds:
            lines.append(f"{racer.title:30}       -  {racer.missing()}")
            continue
        line = f"{racer.title:30}{score.typical(racer.name):8,.{1 if score.unit == 'µs' else 0}f}"
        for rival in beaten if racer.name in targets else ():
            target = targets[racer.name].get(rival)
            told = "-"
            if target is not None and rival in score.rounds:
                ratio = score.ratio(racer.name, rival)
                told = f"{ratio:.2f} {'≤' if ratio <= target else 'MISSED: >'} {target:.2f}"
            line += f"{told:>20}"
        lines.append(line.rstrip())
    return lines


def main() -> bool:
    """Run both races and print them; whether every target was met."""
    own, others = references(), rivals()
    racers = [racer for racer in [*own, *others] if not racer.missing()]
    met = True
    score = speed(racers, SPEED)
    rounds = len(next(iter(score.rounds.values())))
    print(
        f"\nserver CPU per {len(MESSAGE)}-byte message over {CLIENTS} clients,"
        f" median of {rounds} interleaved rounds"
    )
    print(*table(score, [*own, *others], SPEED), sep="\n")
    met &= not score.missed(SPEED)
    print(f"\nmemory per idle client, {IDLE:,} of them")
    if reason := need_descriptors(IDLE + WARM + 100):
        print(reason)
    else:
        score = memory(racers)
        print(*table(score, [*own, *others], MEMORY), sep="\n")
        met &= not score.missed(MEMORY)
    return met
