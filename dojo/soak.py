"""Every server among a hostile crowd for a long time: `tox -e soak`.

1. All servers that the path has, each in a process of its own with a mob of its own (dojo/mob.py), all at the same
   time: ten minutes are ten minutes for every one of them.
2. Which servers there are, and what holds for each, is read from their files: one whose suite imports the contract's
   clause of the echo is soaked, and CLIENTS = 1 there means one at a time; a `serve` that takes a nap (c6) may burn
   its core, one that takes an `upstream` is a relay, and gets an echo server, and one that takes `max_line` is a chat.
3. The first part of the time is for warming up. Then the mob leaves, and the server is measured; then the mob comes
   back for the rest of the time and leaves, and nothing may have grown: sockets, threads, memory.
4. The seed is printed first, and `--seed` brings the same clients back.

    python -m dojo.soak [--seconds 600] [--seed N] [--target solutions] [ID …]
"""

from __future__ import annotations

import argparse
import ast
import random
import select
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from dojo.console import say
from dojo.crowd import Crowd
from dojo.failures import Failure, NotWritten
from dojo.katas import SOLUTIONS, Curriculum, Kata, UnknownKata
from dojo.limits import need_descriptors
from dojo.mob import Chatter, Mob, Stranger
from dojo.report import explain
from dojo.servers import Server
from dojo.submission import Submission

SECONDS = 600.0
SIZE = 40  # clients at the same time
QUEUE = 3  # of a server that takes one client at a time
SEND_BUFFER = 65_536  # of the server: long answers do not fit
WARM_UP = 0.25  # of the time, at most LONGEST_WARM_UP
LONGEST_WARM_UP = 60.0
AFTERWARDS = 10.0  # seconds until nobody who has left may be held any more; a right server needs milliseconds
# Since it was warm: the pieces of a full crowd leave holes in a heap (1 to 2 MiB were seen); a leak has no end.
GROWTH = 10 << 20
PEAK = 4 << 20  # bytes that one client may cost while it is there: the contract's bound
IDLE = 0.05  # of one core
LOOK = 0.5  # seconds between two looks at the memory

ECHO = "test_what_one_client_sends_comes_back_in_upper_case"
BOUNDED = "test_a_client_that_never_reads_costs_a_bounded_amount_of_memory"


@dataclass(frozen=True)
class Terms:
    """What holds for one server, as its suite says."""

    clauses: frozenset[str]
    one_at_a_time: bool
    arguments: tuple[str, ...]

    @classmethod
    def read(cls, kata: Kata) -> Terms:
        suite = ast.parse(kata.suite.read_text(encoding="utf-8"))
        clauses, one_at_a_time = set(), False
        for node in suite.body:
            if isinstance(node, ast.ImportFrom) and node.module == "tests.server_contract":
                clauses |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Assign):
                one_at_a_time |= ast.unparse(node) == "CLIENTS = 1"
        return cls(frozenset(clauses), one_at_a_time, tuple(_arguments(kata.solution)))

    @property
    def relay(self) -> bool:
        return "upstream" in self.arguments

    @property
    def chat(self) -> bool:
        return "max_line" in self.arguments

    @property
    def soaked(self) -> bool:
        return bool(self.arguments) and (ECHO in self.clauses or self.relay or self.chat)


def _arguments(file: Path) -> list[str]:
    """The names of what `serve` takes; none if the file has no such function, or an asynchronous one."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "serve":
            return [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
    return []


def servers() -> list[Kata]:
    """The katas whose `serve` is soaked."""
    return [
        kata
        for kata in Curriculum().katas
        if kata.solution.is_file() and kata.suite.is_file() and Terms.read(kata).soaked
    ]


def lacking(file: Path) -> str:
    """What of the module `select` the file uses and this system has not; "" if nothing."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError:
        return ""  # said better by the server that cannot start
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("select"), name) if not hasattr(select, name):
                return f"select.{name}"
    return ""


@dataclass(frozen=True)
class Outcome:
    kata: str
    line: str
    failure: str = ""


def soak(kata: Kata, file: Path, seconds: float, seed: int) -> Outcome:
    """Soak the server in `file` for so many seconds."""
    name = f"{kata.slug:24}"
    submission = Submission(kata, file)
    try:
        submission.require_file()
        if missing := need_descriptors(SIZE + 100):
            return Outcome(kata.id, f"{name}skipped: {missing}")
        if missing := lacking(file):
            return Outcome(kata.id, f"{name}skipped: this system has no {missing}")
        with _running(submission, Terms.read(kata)) as (server, terms):
            return Outcome(kata.id, name + _soak(server, terms, seconds, f"{seed} {kata.id}"))
    except NotWritten as failure:
        return Outcome(kata.id, f"{name}skipped: {failure}")
    except Failure as failure:
        sentence = str(failure).splitlines()[0]
        return Outcome(kata.id, f"{name}FAILED: {sentence}", explain(failure, submission))
    except Exception:
        return Outcome(kata.id, f"{name}FAILED: the soak itself broke", traceback.format_exc())


@contextmanager
def _running(submission: Submission, terms: Terms) -> Iterator[tuple[Server, Terms]]:
    started: list[Server] = []

    def start(of: Submission, **arguments: object) -> Server:
        started.append(
            Server(
                of,
                arguments=arguments,
                backlog=2 * SIZE,
                send_buffer=SEND_BUFFER,
                descriptors=2 * SIZE + 100,
                before=(),
            )
        )
        return started[-1]

    try:
        if terms.relay:
            echo = Curriculum().find("d6")
            behind = start(Submission(echo, echo.solution))
            yield start(submission, upstream=behind.address), terms
        else:
            yield start(submission), terms
    finally:
        for server in started:
            server.child.end()


@dataclass(frozen=True)
class Held:
    """What the server holds when nobody is there."""

    sockets: int
    threads: int
    memory: int


def _soak(server: Server, terms: Terms, seconds: float, seed: str) -> str:
    """The line of a server that survived; a Failure of one that did not."""
    greet = _chat if terms.chat else _ask
    first = _held(server, greet, None)
    warm_up = min(WARM_UP * seconds, LONGEST_WARM_UP)
    size = QUEUE if terms.one_at_a_time else SIZE
    peak = Peak(server)
    with Mob(server, size, seed, Chatter if terms.chat else Stranger) as mob:
        mob.play(warm_up)
        warm = _held(server, greet, first)
        mob.play(seconds - warm_up, peak.look)
        end = _held(server, greet, first)
    if end.memory - warm.memory > GROWTH:
        raise Failure(
            f"Its memory has grown from {_mib(warm.memory)} to {_mib(end.memory)} MiB since it was warm,"
            f" and nobody is there any more: something of {mob.clients:,} clients is kept."
        )
    if BOUNDED in terms.clauses and peak.memory - warm.memory > size * PEAK:
        raise Failure(
            f"With {size} clients its memory went from {_mib(warm.memory)} to {_mib(peak.memory)} MiB:"
            " answers that nobody reads pile up."
        )
    used = min(server.cpu_in(0.5) for _ in range(3)) / 0.5
    if "nap" not in terms.arguments and used > IDLE:
        raise Failure(f"Everybody has left, and it uses {used:.0%} of a core.")
    return (
        f"{mob.clients:>9,} clients  {mob.heard / (1 << 20):>8,.0f} MiB heard  sockets {first.sockets} → {end.sockets}"
        f"  threads {first.threads} → {end.threads}"
        f"  memory {_mib(warm.memory)} → {_mib(end.memory)} MiB (most {_mib(peak.memory)})  idle {used:.1%}"
    )


class Peak:
    """The most memory seen."""

    def __init__(self, server: Server):
        self._server, self._next, self.memory = server, 0.0, 0

    def look(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK
            self.memory = max(self.memory, self._server.child.memory())


def _ask(server: Server) -> None:
    """A newcomer comes, is answered and leaves."""
    with Crowd(server, clients=1) as people:
        message = b"a newcomer is served"
        if (heard := people[0].ask(message, limit=AFTERWARDS)) != message.upper():
            raise server.blame(f"A newcomer said {message!r} and heard {heard!r}.")
        people[0].leave()


def _chat(server: Server) -> None:
    """Two newcomers come to an empty chat, one hears what the other says, and they leave."""
    with Crowd(server, clients=2) as people:
        ada, other = people
        ada.say(b"Ada\n")
        other.say(b"other\n")
        people.wait(lambda: b" joined\n" in ada.heard + other.heard, AFTERWARDS)
        ada.say(b"hello\n")
        passed = people.wait(lambda: b"Ada: hello\n" in other.heard, AFTERWARDS)
        if passed:
            raise server.blame(
                "Of two newcomers in an empty chat one said hello;"
                f" the other heard only {bytes(other.heard)!r} {passed}."
            )
        ada.leave()
        other.leave()


def _held(server: Server, greet: Callable[[Server], None], before: Held | None) -> Held:
    """What it holds after newcomers have come, been served and gone; a Failure if that is more than `before`."""
    greet(server)
    server.calm_down()
    deadline = time.monotonic() + AFTERWARDS
    while True:
        held = Held(server.child.sockets(), server.child.threads(), server.child.memory())
        server.check()
        if before is None or (held.sockets <= before.sockets and held.threads <= before.threads):
            return held
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    raise server.blame(
        f"Everybody left {AFTERWARDS:g} s ago; it holds {held.sockets} sockets and {held.threads} threads,"
        f" after its first client had left it held {before.sockets} and {before.threads}."
    )


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f}"


def soak_all(katas: Sequence[Kata], target: Path, seconds: float, seed: int) -> Iterator[Outcome]:
    """Soak them all at the same time, each watched by a process; outcomes as they come."""
    with ProcessPoolExecutor(len(katas), mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(soak, kata, (target / kata.relative).resolve(), seconds, seed)
            for kata in katas
        ]
        for job in as_completed(jobs):
            yield job.result()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dojo.soak", description=__doc__.splitlines()[0]
    )
    parser.add_argument("kata", nargs="*", metavar="ID", help="only these servers")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each (default: 600)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="as printed")
    parser.add_argument("--target", type=Path, default=SOLUTIONS, metavar="DIR")
    options = parser.parse_args(arguments)
    every = servers()
    try:
        wanted = [Curriculum().find(name) for name in options.kata] or every
    except UnknownKata as error:
        parser.error(str(error))
    if strange := [kata.id for kata in wanted if kata not in every]:
        parser.error(f"{strange[0]} is no server of the kind that is soaked here.")
    say(
        f"seed {options.seed}, {options.seconds:g} s, {len(wanted)} servers at the same time,"
        f" {SIZE} hostile clients each ({QUEUE} where one is served at a time)"
    )
    failed = []
    for outcome in soak_all(wanted, options.target, options.seconds, options.seed):
        say(outcome.line)
        if outcome.failure:
            failed.append(outcome)
    for outcome in failed:
        say(f"\n{outcome.kata}\n{outcome.failure}")
    if failed:
        names = " ".join(outcome.kata for outcome in failed)
        say(f"again: tox -e soak -- --seed {options.seed} --seconds {options.seconds:g} {names}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
