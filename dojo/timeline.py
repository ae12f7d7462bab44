"""The picture: a bar per task or client, so that one sees what ran when and who waited for whom."""

from __future__ import annotations

import math
from typing import NamedTuple

WIDTH = 50
LANES = 10
SHORT = 0.01  # seconds; a shorter story than this is not about waiting


class Span(NamedTuple):
    """`lane` was at work from `began` to `ended`, in seconds on one clock; `ended` is None if it never ended."""

    lane: str
    began: float
    ended: float | None


def draw(
    spans: list[Span], until: float | None = None, full: str = "█", open_end: str = "▶"
) -> list[str]:
    """The lines of the picture, none when there is nothing to see. Lanes stand in the order of their first span."""
    if not spans:
        return []
    start = min(span.began for span in spans)
    end = max([span.ended or span.began for span in spans] + ([until] if until else []))
    length = end - start
    if length < SHORT:
        return []
    lanes = list(dict.fromkeys(span.lane for span in spans))
    label = max(len(lane) for lane in lanes[:LANES]) + 2
    lines = [" " * label + _scale(length)]
    for lane in lanes[:LANES]:
        cells = [" "] * WIDTH
        for span in spans:
            if span.lane == lane:
                first = min(round((span.began - start) / length * WIDTH), WIDTH - 1)
                last = max(round(((span.ended or end) - start) / length * WIDTH), first + 1)
                cells[first:last] = full * (last - first)
                if span.ended is None:
                    cells[-1] = open_end
        lines.append(f"{lane:<{label}}" + "".join(cells[:WIDTH]).rstrip())
    if len(lanes) > LANES:
        lines.append(f"… and {len(lanes) - LANES} more like these")
    return lines


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
