"""`kata cost` on the screen: what is being measured, the tables and plots, or one JSON document; and the SVG."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dojo import cost as costs
from dojo import growth as growths
from dojo import monitoring as monitored
from dojo.console import say, shown, warn
from dojo.files import write_atomically
from dojo.limits import need_descriptors
from dojo.models import Field


@dataclass(frozen=True)
class Output:
    """Where the results go: JSON or text on standard output, and a picture into `svg`."""

    as_json: bool
    svg: Path | None

    def begin(self, heading: list[str]) -> None:
        if not self.as_json:
            for line in heading:
                say(line)

    def end(self, data: dict[str, Any], text: list[str], svg: Callable[[], str]) -> None:
        if self.as_json:
            click.echo(json.dumps(data))
        else:
            for line in text:
                say(line)
        if self.svg:
            write_atomically(self.svg, svg().encode())
            say(f"\nThe plot is {shown(self.svg)}", to_stderr=True)


def cost(entrants: Field, whose: str, output: Output, clients: int | None) -> bool:
    """Whether anything could be measured, and nothing failed."""
    clients = clients or costs.CLIENTS
    if reason := need_descriptors(clients + 200):
        raise ValueError(f"{clients:,} clients: that {reason}, or ask for fewer with --clients.")
    output.begin(costs.heading(whose, clients))
    found = _with_ticker(lambda tick: costs.measure(entrants, clients, tick))
    output.end(
        costs.as_data(found, entrants, clients),
        costs.text(found, clients) if found else [],
        lambda: costs.svg(found, clients),
    )
    _tell(entrants)
    return bool(found) and not entrants.failed


def growth(entrants: Field, whose: str, output: Output) -> bool:
    """The same for `--growth`."""
    sizes, missing = growths.possible(entrants)
    output.begin(growths.heading(whose))
    found = _with_ticker(lambda tick: growths.measure(entrants, sizes, tick))
    output.end(
        growths.as_data(found, entrants, missing),
        growths.text(found) if found else [],
        lambda: growths.svg(found, missing),
    )
    if missing:
        warn(missing)
    _tell(entrants)
    return bool(found) and not entrants.failed


def monitoring(output: Output) -> None:
    output.begin(monitored.heading())
    cells = _with_ticker(monitored.measure)
    output.end(monitored.as_data(cells), monitored.text(cells), lambda: monitored.svg(cells))


def _tell(entrants: Field) -> None:
    """Name who was not measured, and why; on standard error, so that it never mixes with the JSON."""
    reasons: dict[str, list[str]] = {}
    for id_, reason in entrants.passed_over.items():
        reasons.setdefault(reason, []).append(id_)
    if reasons:
        listed = "; ".join(f"{', '.join(ids)} ({reason})" for reason, ids in reasons.items())
        say(f"\nNot measured: {listed}.", to_stderr=True)
    for id_, reason in entrants.failed.items():
        say(click.style(f"\n{id_} failed: {reason}", fg="red"), to_stderr=True)


def _with_ticker(measure: Callable[[Callable[[str], None]], Any]) -> Any:
    """What `measure` gives; what it is at stands on one line of the terminal meanwhile."""
    on = sys.stderr.isatty()

    def tick(words: str) -> None:
        if on:
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"\r\x1b[K{f'  measuring {words}'[:width]}", err=True, nl=False)

    try:
        return measure(tick)
    finally:
        if on:
            click.echo("\r\x1b[K", err=True, nl=False)
