"""The fixture `run`: a scenario beside the learner's module, in a child process, with a time limit."""

from __future__ import annotations

import contextlib
import itertools
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dojo.failures import Ended, Failure, TimedOut
from dojo.inside.stage import WAITS
from dojo.process import Child
from dojo.shipping import names_used, ship
from dojo.submission import Submission
from dojo.timeline import Span

LIMIT = 10.0  # seconds; a right solution needs a fraction of it, even on a busy machine


@dataclass(frozen=True)
class Story:
    """What the picture is drawn from: who was at work when, and who did what after whom; `until` is its end."""

    spans: list[Span] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    until: float | None = None

    @classmethod
    def of(cls, report: dict[str, Any]) -> Story:
        """The story in a child's report; an empty one if the learner's code has meddled with it."""
        try:
            start = float(report["start"])
            now = float(report["now"]) - start
            switches = [(when - start, greenlet) for when, greenlet in report["switches"]]
            spans = [_span(*mark, start, now, switches) for mark in report["spans"]]
            return cls(spans, [(str(lane), str(text)) for lane, text in report["steps"]], now)
        except (KeyError, TypeError, ValueError):
            return cls()


def _span(
    lane: str,
    began: float,
    ended: float | None,
    greenlet: int | None,
    start: float,
    now: float,
    switches: list[tuple[float, int]],
) -> Span:
    began, ended = began - start, None if ended is None else ended - start
    return Span(str(lane), began, ended, _runs(greenlet, began, ended or now, switches))


def _runs(
    greenlet: int | None, began: float, ended: float, switches: list[tuple[float, int]]
) -> tuple[tuple[float, float], ...] | None:
    """When `greenlet` had the thread between `began` and `ended`; None if that cannot be told."""
    if greenlet == WAITS:
        return ()
    if all(other != greenlet for _, other in switches):
        return None
    marks = [(began, greenlet), *(s for s in switches if began < s[0] < ended), (ended, None)]
    pairs = itertools.pairwise(marks)
    return tuple((here, there) for (here, who), (there, _) in pairs if who == greenlet)


@dataclass(frozen=True)
class Outcome:
    """What a scenario came to.

    value    what it returned, as data
    seconds  how long it took; cpu how many of them it computed
    story    who was at work when (dojo.inside.stage)
    calls    how often each watched function was called (the prelude `watch`)
    threads  the most threads seen at once while it ran, sampled from outside
    output   what was printed
    """

    value: Any
    seconds: float
    cpu: float
    story: Story = field(repr=False)
    calls: dict[str, int] = field(repr=False)
    threads: int
    output: str = field(repr=False)

    def span(self, lane: str) -> Span:
        """The one span of `lane`; Failure if there is none, so the test may say who never ran."""
        for span in self.story.spans:
            if span.lane == lane:
                return span
        raise Failure(f"{lane} never ran.")


class Run:
    """`run(scenario)` gives the Outcome, or raises the Failure that tells why there is none."""

    def __init__(self, submission: Submission):
        self.submission = submission
        self.story = Story()  # of the last scenario, however it ended
        self.output = ""
        self.called: list[str] = []

    def __call__(
        self,
        scenario: Callable[[Any], Any],
        *,
        limit: float = LIMIT,
        before: tuple[tuple[Any, ...], ...] = (),
    ) -> Outcome:
        """Run `scenario(kata)` for at most `limit` seconds, after the preludes `before` (see dojo.suite)."""
        self.submission.require_file()
        doing = self._doing(scenario)
        preludes = [(name, args) for name, *args in before]
        with Child(
            self.submission.file,
            self.submission.kata.slug,
            scenario=ship(scenario),
            preludes=preludes,
        ) as child:
            try:
                report, threads = self._wait(child, limit, doing)
                self._refuse_leftovers(child, doing)
            finally:
                self.output = child.output.text
        return Outcome(
            report["value"],
            report["seconds"],
            report["cpu"],
            self.story,
            report["calls"],
            threads,
            self.output,
        )

    @property
    def whole_story(self) -> Story:
        return self.story

    def _doing(self, scenario: Callable[[Any], Any]) -> str:
        """The learner's function that the scenario is about, for sentences: "run_serially(…)"."""
        names = names_used(scenario)
        self.called = [name for name in self.submission.functions if name in names]
        return f"{self.called[-1]}(…)" if self.called else "The code"

    def _wait(self, child: Child, limit: float, doing: str) -> tuple[dict[str, Any], int]:
        loaded, threads = False, 0
        for report in child.reports(limit):
            if report is None:
                threads = max(threads, child.threads() if loaded else 0)
                continue
            if "spans" in report:
                self.story = Story.of(report)
            match report["event"]:
                case "loaded":
                    loaded = True
                case "returned":
                    return report, threads
                case "raised":
                    raise self.submission.failure(report["error"], loaded=loaded, doing=doing)
                case "gone":
                    raise how_it_ended(child, self.submission, doing)
        stacks, story = child.stacks()
        if story:
            self.story = Story.of(story)
        what = (
            f"{doing} did not end"
            if loaded
            else f"{self.submission.shown} was still being imported"
        )
        raise TimedOut(f"{what} within {limit:g} s.", stacks=self.submission.stacks(stacks))

    def _refuse_leftovers(self, child: Child, doing: str) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(5)
        if leftovers := child.outliving():
            raise Failure(
                f"{doing} left a process behind that was still running: {', '.join(leftovers)}."
            )


def how_it_ended(child: Child, submission: Submission, doing: str) -> Ended:
    """The sentence for a process that ended without a word."""
    try:
        code = child.process.wait(2)
    except subprocess.TimeoutExpired:
        child.end()
        code = None
    places = submission.places(child.crash_places())
    if child.excess:
        return Ended(f"{doing} {child.excess}. Its process was ended.", places)
    if code is None:
        return Ended(f"{doing} closed the descriptors by which its process is heard, and ran on.")
    if code < 0:
        name = signal.Signals(-code).name
        reason = (
            "a crash in C code"
            if name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL")
            else "a signal"
        )
        return Ended(f"{doing} ended its process by {name}, {reason}.", places)
    return Ended(
        f"{doing} ended its process with exit code {code} before it had returned (os._exit, a crash?).",
        places,
    )
