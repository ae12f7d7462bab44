"""`kata cost`: what a client that waits costs, and what a message costs, in each I/O model.

The servers run one after the other, each with the same crowd. Everything is measured from outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dojo.failures import Failure
from dojo.load import MESSAGE, Load, percentile
from dojo.models import Entry, Field
from dojo.plot import Panel, amount, panels_svg, panels_text
from dojo.tables import table

CLIENTS = 900  # as many as select can hold: its descriptors must stay below 1,024
ROUNDS = 10  # of messages; the one that took the server least counts, so that noise does not
PAUSE = 0.05  # seconds between two rounds: noise comes in bursts
SILENCE = 1.0  # seconds over which the idle server is watched

MEANING = [
    ("clients", "answered, and held at the same time"),
    ("memory", "of the server's process for each of them (the kernel's buffers not counted)"),
    (
        "idle",
        "CPU that it takes, or would if others did not, while nobody speaks: percent of a core",
    ),
    (
        "message",
        f"CPU of the server for a message, kernel included, in the best of {ROUNDS} rounds",
    ),
    ("latency", "from a client's message to its whole answer: the median, and the 99th percentile"),
]


@dataclass(frozen=True)
class Cost:
    """What one server cost. Times in microseconds, memory in bytes; None is what could not be measured.

    asked  how many clients were to come; came: how many did before nobody was let in any more
    held   how many of those were answered while all were connected
    """

    kata: str
    model: str
    asked: int
    came: int
    held: int
    memory: float | None
    idle_percent: float
    cpu: float
    latency_median: float
    latency_99: float


def measure(field: Field, clients: int, on_entry: Callable[[str], None]) -> list[Cost]:
    """One Cost for each server of `field` that could be measured; it takes note of the others."""
    costs = []
    for entry in field.entries:
        on_entry(entry.model.label)
        try:
            costs.append(_measure(entry, entry.model.may_have(clients)))
        except Failure as failure:
            field.drop(entry, failure)
    return costs


def _measure(entry: Entry, clients: int) -> Cost:
    server = entry.start(clients)
    load = Load(server)
    try:
        warm = max(1, clients // 10)  # the first ones bring code with them: that memory counts not
        load.invite(warm)
        before, first = server.child.memory(), len(load.held)
        load.invite(clients - warm)
        more = len(load.held) - first
        grown = server.child.memory() - before
        if not load.held:
            raise server.blame(f"None of {len(load.waiting)} clients got an answer.")
        server.calm_down(limit=0.5)
        idle = load.idle(SILENCE)
        load.talk(50, limit=1)
        rounds = []
        for _ in range(ROUNDS):
            time.sleep(PAUSE)
            rounds.append(load.work())
        server.check()
    finally:
        load.leave()
        server.child.end()
    waits = [wait for _, round_ in rounds for wait in round_]
    return Cost(
        entry.model.id,
        entry.model.name,
        clients,
        len(load.held) + len(load.waiting) + load.turned_away,
        len(load.held),
        max(0, grown) / more if more > 0 else None,
        idle * 100,
        min(cpu for cpu, _ in rounds) * 1e6,
        percentile(waits, 50) * 1e6,
        percentile(waits, 99) * 1e6,
    )


# -- as it is shown


def as_data(costs: list[Cost], field: Field, clients: int) -> dict[str, Any]:
    """The document of `kata cost --json`, described in the README."""
    return {
        "version": 1,
        "clients": clients,
        "servers": [
            {
                "kata": cost.kata,
                "model": cost.model,
                "asked": cost.asked,
                "held": cost.held,
                "memory_bytes": cost.memory,
                "idle_percent": cost.idle_percent,
                "cpu_us": cost.cpu,
                "latency_median_us": cost.latency_median,
                "latency_99_us": cost.latency_99,
            }
            for cost in costs
        ],
        "passed_over": field.passed_over,
        "failed": field.failed,
    }


def heading(whose: str, clients: int) -> list[str]:
    lines = [
        f"What a waiting client costs: {whose}, one after another, each with the same crowd of {clients:,}.",
        f"Each says {len(MESSAGE)} bytes once; then all keep silent; then one at a time speaks, and the others wait.",
        "",
    ]
    width = max(len(name) for name, _ in MEANING)
    lines += [f"  {name:<{width}}  {meaning}" for name, meaning in MEANING]
    return [
        *lines,
        "",
        "Compare the rows: ratios hold on any machine, the times are this one's.",
        "",
    ]


def text(costs: list[Cost], clients: int) -> list[str]:
    """The table, what is to be said about its rows, and the plot."""
    rows = [
        [
            cost.kata,
            cost.model,
            f"{cost.held:,}" + (" *" if cost.held < clients else ""),
            "-" if cost.memory is None else amount(cost.memory, "B"),
            f"{cost.idle_percent:.1f} %",
            amount(cost.cpu, "µs"),
            amount(cost.latency_median, "µs"),
            amount(cost.latency_99, "µs"),
        ]
        for cost in costs
    ]
    head = ["", "", "clients", "memory", "idle", "message", "latency", "99 %"]
    return [*table(head, rows), *notes(costs, clients), "", *panels_text(panels(costs))]


def notes(costs: list[Cost], clients: int) -> list[str]:
    """What the numbers of clients mean where they differ from those that were to come."""
    lines = []
    for cost in costs:
        if cost.asked < clients:
            lines.append(
                f"* {cost.kata} was asked to hold {cost.asked:,}: {cost.model} takes no descriptor from 1,024 on."
            )
        if cost.held == 1 < cost.came:
            lines.append(
                f"* {cost.kata} holds one client. Of the {cost.came:,} that had come, the others wait until it leaves."
            )
        elif cost.held < cost.asked:
            lines.append(
                f"* {cost.kata} answered {cost.held:,} of the {cost.came:,} clients that had come."
            )
    return lines


def panels(costs: list[Cost]) -> list[Panel]:
    """One plot for each measure, a bar for each server."""

    def bars(value: Callable[[Cost], float | None]) -> list[tuple[str, float | None]]:
        return [(f"{cost.kata} {cost.model}", value(cost)) for cost in costs]

    return [
        Panel("memory per client", "B", bars(lambda cost: cost.memory)),
        Panel("CPU while idle", "% of a core", bars(lambda cost: cost.idle_percent)),
        Panel("CPU per message", "µs", bars(lambda cost: cost.cpu)),
        Panel("latency, median", "µs", bars(lambda cost: cost.latency_median)),
    ]


def svg(costs: list[Cost], clients: int) -> str:
    return panels_svg(
        f"What a waiting client costs, with {clients:,} of them",
        panels(costs),
        notes(costs, clients),
    )
