"""The fixture `server`: the learner's `serve` in a process of its own, watched from outside."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from dojo.failures import Failure, Raised, TimedOut
from dojo.katas import Curriculum
from dojo.limits import need_descriptors, somaxconn
from dojo.process import Child
from dojo.scenarios import Story, how_it_ended
from dojo.shipping import ship
from dojo.submission import Submission
from dojo.timeline import Span

START_LIMIT = (
    10.0  # seconds until `serve` has its listener; importing gevent on a busy machine takes a few
)
STILL = 0.3  # seconds without any CPU time or any byte moved, after which nothing more is going to happen
STILL_CPU = 0.002  # seconds of CPU in STILL that are the kernel's book-keeping, not work


@dataclass(frozen=True)
class Ending:
    """How a server ended after it was asked to: its exit code (negative: the signal), and how long that took."""

    code: int
    seconds: float


class Server:
    """One running `serve`. Everything here is seen from outside its process."""

    def __init__(
        self,
        submission: Submission,
        *,
        arguments: dict[str, Any],
        made: dict[str, Callable[[], Any]] | None = None,
        backlog: int,
        send_buffer: int | None = None,
        receive_buffer: int | None = None,
        descriptors: int,
        before: tuple[tuple[Any, ...], ...],
    ):
        self.submission = submission
        self.spans: list[Span] = []  # who waited for an answer when, for the picture
        self.until = 0.0  # where the picture ends
        self._failure: Failure | None = None
        self._ending = False  # it was asked to end: from now on that is no failure
        self._asked = 0.0
        self.backlog = min(backlog, somaxconn())
        self.child = Child(
            submission.file,
            submission.kata.slug,
            preludes=[(name, args) for name, *args in before],
            arguments=arguments,
            made=ship(made) if made else b"",
            backlog=backlog,
            send_buffer=send_buffer,
            receive_buffer=receive_buffer,
            descriptors=descriptors,
        )
        try:
            self.address: tuple[str, int] = self._await_address()
        except BaseException:
            self.child.end()
            raise

    def _await_address(self) -> tuple[str, int]:
        loaded = False
        for report in self.child.reports(START_LIMIT):
            match report and report["event"]:
                case "loaded":
                    loaded = True
                case "listening":
                    return tuple(report["address"])
                case "raised":
                    raise self.submission.failure(
                        report["error"], loaded=loaded, doing="serve(listener)"
                    )
                case "gone":
                    raise how_it_ended(self.child, self.submission, "The file")
        stacks = self.submission.stacks(self.child.stacks()[0])
        raise TimedOut(
            f"{self.submission.shown} was still being imported after {START_LIMIT:g} s.",
            stacks=stacks,
        )

    # -- how it is -----------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise the Failure that says why `serve` is over, if it is: it has no business to end by itself."""
        while (report := self.child.next_report(0)) is not None:
            self._note(report)
        if self._failure is None and not self.child.alive and not self._ending:
            while (report := self.child.next_report(1)) is not None and self._failure is None:
                self._note(report)
        if self._failure is not None:
            raise self._failure

    def over(self, patience: float) -> Failure | None:
        """Why `serve` is over, if it is, or will be within `patience` seconds: its last word may be on the way."""
        deadline = time.monotonic() + patience
        try:
            while True:
                self.check()
                if time.monotonic() >= deadline:
                    return None
                time.sleep(0.02)
        except Failure as reason:
            return reason

    def confirm(self) -> None:
        """As `check`, and sure of it: its process answers, or is over, and no daemon of its serves in its place."""
        if self._failure is None and not self._ending:
            # Twice: a main thread that is about to end comes to that between two answers.
            for _ in range(2):
                self.child.ask(b"t", "threads")
            self.check()

    def _note(self, report: dict[str, Any]) -> None:
        if self._failure is not None or self._ending:
            return
        match report["event"]:
            case "raised":
                self._failure = self.submission.failure(
                    report["error"], loaded=True, doing="serve(listener)"
                )
            case "ended":
                self._failure = Failure(
                    "serve(listener) returned: it must serve until its process is ended."
                )
            case "gone":
                self._failure = how_it_ended(self.child, self.submission, "serve(listener)")

    def blame(self, message: str) -> Failure:
        """`message` as a Failure, or the reason behind it: that `serve` is over, or where it stands."""
        if reason := self.over(0.5):
            return reason
        return Failure(message, stacks=self.submission.stacks(self.child.stacks()[0]))

    def cpu_in(self, seconds: float) -> float:
        """CPU seconds that it uses while `seconds` pass."""
        before = self.child.cpu_seconds()
        time.sleep(seconds)
        self.check()
        return self.child.cpu_seconds() - before

    def cpu_beside_a_loop(self, seconds: float) -> tuple[float, float]:
        """CPU seconds that it uses in `seconds`, and those of a process that does nothing but compute meanwhile.

        How much of a core that is depends on who else wants it; that both get their share does not.
        """
        with subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]) as loop:
            try:
                times = psutil.Process(loop.pid).cpu_times
                before = times().user
                used = self.cpu_in(seconds)
                return used, times().user - before
            finally:
                loop.kill()

    def calm_down(self, limit: float = 0.8, queue: Callable[[], int] = lambda: 0) -> bool:
        """Wait until its CPU time, and `queue()`, have stood still for a moment. False if they never did.

        A server that could go on, if it had a processor, does not stand still, and gets up to twice the time.
        """
        deadline, robbed = time.monotonic() + limit, self.child.robbed_seconds()
        cpu, waiting, since = self.child.cpu_seconds(), queue(), time.monotonic()
        while time.monotonic() < deadline + min(self.child.robbed_seconds() - robbed, limit):
            time.sleep(0.02)
            worked = self.child.cpu_seconds() - cpu > STILL_CPU or queue() != waiting
            if worked or self.child.held_up():
                cpu, waiting, since = self.child.cpu_seconds(), queue(), time.monotonic()
            elif time.monotonic() - since >= STILL:
                return True
        return False

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Meanwhile the process does nothing at all: what clients do now, it finds all at once afterwards."""
        self.check()
        self.child.suspend()
        try:
            yield
        finally:
            self.child.resume()

    def terminate(self) -> None:
        """Send it SIGTERM. It may end from now on; `ending` tells how it did."""
        self.check()
        self._ending, self._asked = True, time.monotonic()
        self.child.signal(signal.SIGTERM)

    def ending(self, limit: float) -> Ending:
        """How it ended after `terminate`; a Failure if it has not within `limit` seconds after that."""
        code = None
        for report in self.child.reports(self._asked + limit - time.monotonic()):
            match report and report["event"]:
                case "raised":
                    code = self._exit_code(report["error"])
                case "ended":
                    code = 0
                case "gone":
                    seconds = time.monotonic() - self._asked
                    returned = self.child.process.wait(5)
                    return Ending(returned if code is None else code, seconds)
        raise Failure(
            f"{limit:g} s after SIGTERM it still runs.",
            stacks=self.submission.stacks(self.child.stacks()[0]),
        )

    def _exit_code(self, error: Raised) -> int:
        """The exit code of a program that this exception ends."""
        if error.type != "SystemExit":
            raise self.submission.failure(error, loaded=True, doing="After SIGTERM serve(listener)")
        if error.message in ("", "None"):
            return 0
        return int(error.message) if error.message.lstrip("-").isdigit() else 1

    def calls(self) -> dict[str, int]:
        """How often each watched function was called so far (the prelude `watch`)."""
        answer = self.child.ask(b"c", "calls")
        if answer is None:
            raise self.blame("The server does not answer the harness any more.")
        return answer["calls"]


class Servers:
    """`server(…)` starts one; every one is ended with the test.

    arguments    keyword arguments of `serve` beside the listener: plain data
    made         keyword arguments that are no data, an app for example: for each a function that makes it. It travels
                 as a scenario does, and is called in the child when the kata is loaded, before there is a listener
    clients      how many clients will come: backlog and descriptor limit follow from it
    send_buffer  SO_SNDBUF of the listener, in bytes
    receive_buffer  its SO_RCVBUF
    before       preludes

    What all servers of a suite are given is in `arguments`.
    """

    def __init__(self, submission: Submission):
        self._submission = submission
        self.arguments: dict[str, Any] = {}
        self._running: list[Server] = []

    def __call__(
        self,
        *,
        clients: int = 50,
        send_buffer: int | None = None,
        receive_buffer: int | None = None,
        before: tuple[tuple[Any, ...], ...] = (),
        made: dict[str, Callable[[], Any]] | None = None,
        **arguments: Any,
    ) -> Server:
        self._submission.require_file()
        if missing := need_descriptors(clients + 100):
            pytest.skip(missing)
        server = Server(
            self._submission,
            arguments={**self.arguments, **arguments},
            made=made or {},
            backlog=max(128, clients + 50),
            send_buffer=send_buffer,
            receive_buffer=receive_buffer,
            descriptors=clients + 100,
            before=before,
        )
        self._running.append(server)
        return server

    def confirm(self) -> None:
        """Raise the Failure that says why one of them is over, if one is."""
        for server in self._running:
            server.confirm()

    def over(self) -> Failure | None:
        """Why one of them is over before its time, if one is."""
        return next(filter(None, (server.over(0.2) for server in self._running)), None)

    @property
    def whole_story(self) -> Story:
        """Who waited for an answer when."""
        spans = [span for server in self._running for span in server.spans]
        return Story(spans, until=max((server.until for server in self._running), default=0.0))

    @property
    def story(self) -> Story:
        """The same if somebody waited in vain, and those first; else there is nothing to see."""
        whole = self.whole_story
        in_vain = {span.lane for span in whole.spans if span.ended is None}
        spans = sorted(whole.spans, key=lambda span: span.lane not in in_vain)
        return Story(spans, until=whole.until) if in_vain else Story()

    @property
    def output(self) -> str:
        return "".join(server.child.output.text for server in self._running)

    def end(self) -> None:
        for server in self._running:
            server.child.end()


class References:
    """`reference("d2", …)` starts the reference server of a kata, whichever kata is under test: for observations."""

    def __init__(self) -> None:
        self._started: list[Servers] = []

    def __call__(self, kata_id: str, **options: Any) -> Server:
        """`options` are those of Servers."""
        kata = Curriculum().find(kata_id)
        self._started.append(Servers(Submission(kata, kata.solution)))
        return self._started[-1](**options)

    def end(self) -> None:
        for servers in self._started:
            servers.end()
