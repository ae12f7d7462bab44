"""`kata cost --growth`: what an answer costs the server while more and more clients keep silent.

1. For each model there is one server for each number of clients, all of them at the same time. The same few clients
   speak in all of them: what differs is how many are silent.
2. They are asked in turn, round after round, so that all of them met the same machine; the fastest round counts.
3. Whoever is not asked is stopped (SIGSTOP): a server that never sleeps would take the processor from the others.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from dojo.failures import Failure
from dojo.limits import need_descriptors
from dojo.load import Load
from dojo.models import Entry, Field
from dojo.plot import Chart, Line, amount, chart_svg, chart_text
from dojo.servers import Server
from dojo.tables import table

SIZES = (20, 200, 900, 2000, 8000)  # clients connected
SPEAKERS = 20
ROUNDS, MOST = 7, 25  # more than the fewest only while they take no longer than ENOUGH
ENOUGH = 3.0  # seconds


@dataclass(frozen=True)
class Growth:
    """CPU of one model's server for a message, in microseconds, by the number of clients: the fastest and the
    median round."""

    kata: str
    model: str
    fastest: dict[int, float]
    median: dict[int, float]

    @property
    def factor(self) -> float | None:
        """How many times more it costs with most clients than with fewest."""
        if len(self.fastest) < 2:
            return None
        return self.fastest[max(self.fastest)] / self.fastest[min(self.fastest)]


def possible(field: Field, sizes: tuple[int, ...] = SIZES) -> tuple[tuple[int, ...], str]:
    """As many of `sizes` as descriptors allow, and the sentence that names what is missing for more."""
    wanted = tuple(s for s in sizes if any(entry.model.grows >= s for entry in field.entries))
    left_out, why = [], ""
    while wanted and (reason := need_descriptors(sum(wanted) + 200)):
        left_out, why = [f"{wanted[-1]:,}", *left_out], why or reason
        wanted = wanted[:-1]
    missing = f"Left out: {', '.join(left_out)} clients. The whole {why}." if why else ""
    return wanted, missing


def measure(
    field: Field, sizes: tuple[int, ...], on_entry: Callable[[str], None], rounds: int = ROUNDS
) -> list[Growth]:
    """One Growth for each server of `field` that could be measured; it takes note of the others."""
    found = []
    for entry in field.entries:
        own = [size for size in sizes if size <= entry.model.may_have(entry.model.grows)]
        try:
            with ExitStack() as stack:
                loads = {}
                for size in own:
                    on_entry(f"{entry.model.label}, {size:,} clients")
                    loads[size] = stack.enter_context(_crowded(entry, size))
                    if held_back := _held_back(loads[size], size):
                        field.passed_over[entry.model.id] = held_back
                        break
                else:
                    on_entry(entry.model.label)
                    found.append(_grown(entry, loads, rounds))
        except Failure as failure:
            field.drop(entry, failure)
    return found


def _held_back(load: Load, size: int) -> str:
    if len(load.held) == size:
        return ""
    came = len(load.held) + len(load.waiting) + load.turned_away
    return f"answers {len(load.held):,} of {came:,} clients that come at the same time"


@contextmanager
def _crowded(entry: Entry, size: int) -> Iterator[Load]:
    """A server with so many clients, all answered once; stopped as soon as it runs."""
    server = entry.start(size)
    load = Load(server)
    try:
        load.invite(size)
        if len(load.held) == size:
            load.talk(50, SPEAKERS, limit=1)
        _process(server).suspend()
        yield load
    finally:
        load.leave()
        server.child.end()


def _process(server: Server) -> psutil.Process:
    return psutil.Process(server.child.pid)


def _grown(entry: Entry, loads: dict[int, Load], rounds: int) -> Growth:
    used: dict[int, list[float]] = {size: [] for size in loads}
    ends = time.monotonic() + ENOUGH
    for number in range(MOST):
        if number >= rounds and time.monotonic() > ends:
            break
        order = list(loads) if number % 2 else list(loads)[::-1]
        for size in order:
            load = loads[size]
            _process(load.server).resume()
            load.talk(5, SPEAKERS)  # it has been stopped: not everything is at hand
            used[size].append(load.work(SPEAKERS)[0] * 1e6)
            _process(load.server).suspend()
    return Growth(
        entry.model.id,
        entry.model.name,
        {size: min(values) for size, values in used.items()},
        {size: statistics.median(values) for size, values in used.items()},
    )


# -- as it is shown


def as_data(found: list[Growth], field: Field, missing: str) -> dict[str, Any]:
    """The document of `kata cost --growth --json`, described in the README."""
    return {
        "version": 1,
        "servers": [
            {
                "kata": one.kata,
                "model": one.model,
                "points": [
                    {
                        "clients": size,
                        "cpu_us": one.fastest[size],
                        "cpu_median_us": one.median[size],
                    }
                    for size in one.fastest
                ],
            }
            for one in found
        ],
        "missing": missing,
        "passed_over": field.passed_over,
        "failed": field.failed,
    }


def heading(whose: str) -> list[str]:
    return [
        f"What the silent clients cost: {whose}. {SPEAKERS} clients speak, one at a time; all the others only",
        "stay connected. CPU of the server for one message, kernel included, by the number of clients;",
        f"the fastest of {ROUNDS} rounds or more, all numbers of clients in turn.",
        "",
        "Compare within a row: `growth` is what the silent ones have made of the first number.",
        "",
    ]


def text(found: list[Growth]) -> list[str]:
    sizes = sorted({size for one in found for size in one.fastest})
    rows = [
        [
            one.kata,
            one.model,
            *(amount(one.fastest[s], "µs") if s in one.fastest else "" for s in sizes),
            f"x {one.factor:.1f}" if one.factor else "",
        ]
        for one in found
    ]
    lines = table(["", "", *(f"{size:,}" for size in sizes), "growth"], rows)
    return [*lines, "", *chart_text(chart(found))]


def chart(found: list[Growth]) -> Chart:
    return Chart(
        "What silent clients cost: server CPU per message",
        "clients connected",
        "CPU per message, µs",
        [Line(f"{one.kata} {one.model}", list(one.fastest.items())) for one in found],
    )


def svg(found: list[Growth], missing: str) -> str:
    return chart_svg(chart(found), [missing] if missing else [])
