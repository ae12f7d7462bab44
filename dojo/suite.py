"""The words that suites are written in."""

from __future__ import annotations

from typing import Any

from dojo.about import about
from dojo.failures import Failure, raised
from dojo.inside.stage import caught, span, step, task, waiting

__all__ = [
    "Failure",
    "about",
    "caught",
    "coarse_clocks",
    "collect_at_close",
    "no_reads_from",
    "raised",
    "slow_reads",
    "span",
    "step",
    "switch_at_every_line",
    "task",
    "waiting",
    "wall_clock_runs_backwards",
    "watch",
    "watch_greenlets",
    "watch_rings",
    "watch_timed_waits",
]

# Preludes: what is done in the child before the kata is imported, for `run(…, before=[…])` and `server(before=[…])`.
wall_clock_runs_backwards = ("wall_clock_runs_backwards",)
watch_greenlets = ("watch_greenlets",)
coarse_clocks = ("coarse_clocks",)
collect_at_close = ("collect_at_close",)
watch_rings = ("watch_rings",)
switch_at_every_line = ("switch_at_every_line",)
watch_timed_waits = ("watch_timed_waits",)


def watch(*names: str) -> tuple[Any, ...]:
    """Count the calls of these functions and classes, such as "select.select"; see Outcome.calls."""
    return ("watch", *names)


def slow_reads(seconds: float) -> tuple[Any, ...]:
    """Make each read of a socket that brings something take so much longer."""
    return ("slow_reads", seconds)


def no_reads_from(descriptor: int) -> tuple[Any, ...]:
    """End the child with SIGSYS when it reads from a descriptor of this number or above.

    `Outcome.calls["no reads"]` tells whether this system can do that.
    """
    return ("no_reads_from", descriptor)
