"""The picture: a bar per task or client, so that one sees what ran when and who waited for whom."""

from __future__ import annotations

import math
from typing import NamedTuple

WIDTH = 50
RUNS, WAITS, OPEN_END = "█", "░", "▶"
LANES = 10
SHORT = 0.01  # seconds; a shorter story than this is not about waiting


class Span(NamedTuple):
    """`lane` was under way from `began` to `ended`, in seconds on one clock; `ended` is None if it never ended.

    `runs` are the stretches of it in which it had the thread, and did not wait while others had it; None: all of it.
    """

    lane: str
    began: float
    ended: float | None
    runs: tuple[tuple[float, float], ...] | None = None


def draw(spans: list[Span], until: float | None = None) -> list[str]:
    """The lines of the picture, none when there is nothing to see. Lanes stand in the order of their first span."""
    if not spans:
        return []
    start = min(span.began for span in spans)
    end = max([span.ended or span.began for span in spans] + ([until] if until else []))
    if end - start < SHORT:
        return []
    lanes = list(dict.fromkeys(span.lane for span in spans))
    label = max(len(lane) for lane in lanes[:LANES]) + 2
    lines = [" " * label + _scale(end - start)]
    for lane in lanes[:LANES]:
        own = [span for span in spans if span.lane == lane]
        lines.append(f"{lane:<{label}}" + _bar(own, start, end))
    if len(lanes) > LANES:
        lines.append(f"… and {len(lanes) - LANES} more like these")
    if any(WAITS in line for line in lines):
        lines.append(f"{RUNS} runs  {WAITS} waits")
    return lines


def _bar(spans: list[Span], start: float, end: float) -> str:
    cells = [" "] * WIDTH

    def paint(sign: str, began: float, ended: float) -> None:
        first = min(round((began - start) / (end - start) * WIDTH), WIDTH - 1)
        last = max(round((ended - start) / (end - start) * WIDTH), first + 1)
        cells[first:last] = sign * (last - first)

    for span in spans:
        ended = end if span.ended is None else span.ended
        paint(RUNS if span.runs is None else WAITS, span.began, ended)
        for run in span.runs or ():
            paint(RUNS, max(run[0], span.began), min(run[1], ended))
        if span.ended is None:
            cells[-1] = OPEN_END
    return "".join(cells[:WIDTH]).rstrip()


def draw_steps(steps: list[tuple[str, str]]) -> list[str]:
    """A column a step, a row a lane: who did what after whom. The first ten steps, if there are more."""
    shown = steps[:LANES]
    lanes = list(dict.fromkeys(lane for lane, _ in shown))
    label = max((len(lane) for lane in lanes), default=0) + 2
    lines = []
    for lane in lanes:
        cells = [text if lane == own else " " * len(text) for own, text in shown]
        lines.append(f"{lane:<{label}}" + "  ".join(cells).rstrip())
    return lines + ([f"… and {len(steps) - LANES} more steps"] if len(steps) > LANES else [])


def _scale(length: float) -> str:
    """A ruler: a mark every 0.1, 0.2, 0.5, 1, 2, 5 … seconds, at most six of them."""
    step = 10.0 ** math.floor(math.log10(length))
    step = next(s for s in (step / 5, step / 2, step, step * 2, step * 5) if length / s <= 6)
    ruler = [" "] * (WIDTH + 10)
    for index in range(int(length / step + 1e-9) + 1):
        column = round(index * step / length * WIDTH)
        mark = _seconds(index * step)
        ruler[column : column + len(mark)] = mark
    return "".join(ruler).rstrip()


def _seconds(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:g}s" if value >= 0.1 else f"{value * 1000:g}ms"
