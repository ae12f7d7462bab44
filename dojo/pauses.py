"""Random pauses of a judge and of the children that it judges: what a busy machine does to them, only more often.

1. For each judge (dojo/proofs.py) there is one noise-maker, a process of its own. It stops the judge, or one of the
   children with the learner's code, or what these started (SIGSTOP), and lets it go on after 5 to 200 ms (SIGCONT).
2. A child bears BUDGET seconds of pauses in its life, so a timed scenario does: a pause is booked on every child that
   lives at that time, whoever was stopped. While no child lives, nobody is stopped.
3. Whoever holds the lock `peace` is not disturbed: a suite that stops its server itself, and the tests in EXEMPT.
4. No pause is left behind. The noise-maker lets its victim go on before it ends, and when the driver is gone, however
   it ended, it ends the judge and all its kin too.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from multiprocessing.synchronize import RLock
from typing import Any

import psutil
import pytest

from dojo.inside.preludes import coarse_clocks
from dojo.process import MARK, Child
from dojo.servers import Server

BUDGET = 0.5  # seconds of pauses in the life of one child
PAUSE = (0.005, 0.2)  # seconds: the shortest and the longest; each order of magnitude is as likely
GAP = (0.01, 1.0)  # seconds between two pauses, likewise
LOOK = 0.01  # seconds between two looks whether the driver is still there

# Tests in which nobody is paused, and why. All of them run on the same busy machine and with coarse clocks.
EXEMPT: dict[str, str] = {}


class Peace:
    """A pytest plugin for the judge: coarse clocks here and in every child, and no pause where none may be."""

    def __init__(self, peace: RLock):
        self._peace = peace

    def pytest_configure(self) -> None:
        coarse_clocks()
        Child.first = (("coarse_clocks", ()),)
        standing_still, peace = Server.standing_still, self._peace

        @contextlib.contextmanager
        def undisturbed(server: Server) -> Iterator[None]:
            with peace, standing_still(server):  # else a pause that ends would set it going again
                yield

        Server.standing_still = undisturbed  # type: ignore[method-assign]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        with self._peace if item.name in EXEMPT else contextlib.nullcontext():
            return (yield)


class Victims:
    """The processes that may be stopped, and what each child has borne so far: `spent`, in seconds, by its mark."""

    def __init__(self, judge: int):
        self._judge = psutil.Process(judge)
        self.spent: dict[str, float] = defaultdict(float)
        self.pauses: list[float] = []  # seconds each

    @property
    def there(self) -> bool:
        """Whether the judge still runs."""
        with contextlib.suppress(psutil.Error):
            return self._judge.is_running() and self._judge.status() != psutil.STATUS_ZOMBIE
        return False

    def marked(self) -> dict[psutil.Process, str]:
        """Every child and what it has started, each with the child's mark."""
        found = {}
        with contextlib.suppress(psutil.Error):
            for process in self._judge.children(recursive=True):
                with contextlib.suppress(psutil.Error, OSError):
                    if mark := process.environ().get(MARK):
                        found[process] = mark
        return found

    def pause(self, chance: random.Random, peace: RLock) -> None:
        """Stop one of them for a moment, if there is a child and each child may still be disturbed."""
        if not peace.acquire(block=False):
            return
        try:
            marked = self.marked()
            left = min((BUDGET - self.spent[mark] for mark in marked.values()), default=0.0)
            seconds = min(_between(PAUSE, chance), left)
            victim = chance.choice([self._judge, *marked])
            if seconds < PAUSE[0] or victim.status() == psutil.STATUS_STOPPED:
                return
            lasted = _stop(victim, seconds)
            self.pauses.append(lasted)
            for mark in set(marked.values()):
                self.spent[mark] += lasted
        except psutil.Error:
            return  # it has ended meanwhile
        finally:
            peace.release()

    def end(self) -> None:
        """Kill them all."""
        for process in [self._judge, *self.marked()]:
            with contextlib.suppress(psutil.Error):
                process.kill()


def _stop(process: psutil.Process, seconds: float) -> float:
    """Stop it for so long; for how long it really was."""
    began = time.perf_counter()
    try:
        process.suspend()
        time.sleep(seconds)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
    return time.perf_counter() - began


def _between(limits: tuple[float, float], chance: random.Random) -> float:
    shortest, longest = limits
    return shortest * (longest / shortest) ** chance.random()


def disturb(judge: int, peace: RLock, seed: str, told: Any) -> None:
    """The noise-maker: disturb this judge and its children until it ends; then tell (pauses, seconds in all)."""
    over: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):  # not in the middle of a pause
        signal.signal(number, lambda number, _: over.append(number))
    driver, chance = os.getppid(), random.Random(seed)
    with contextlib.suppress(psutil.NoSuchProcess):
        victims = Victims(judge)
        while victims.there and not over:
            deadline = time.monotonic() + _between(GAP, chance)
            while time.monotonic() < deadline and not over and os.getppid() == driver:
                time.sleep(LOOK)
            if os.getppid() != driver:
                return victims.end()
            victims.pause(chance, peace)
        with contextlib.suppress(OSError):  # nobody is there to hear it
            told.send((len(victims.pauses), sum(victims.pauses)))
    return None
