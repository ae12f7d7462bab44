"""Plots of few numbers, as text for a terminal and as SVG: bars side by side, and lines over two logarithmic axes.

The SVG is drawn here, by hand: it carries its own background and follows the reader's dark or light scheme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR = 40  # characters
SPANS = 20  # times the smallest value: from here on a scale is logarithmic
COLOURS = [
    *("0072b2", "d55e00", "009e73", "cc79a7", "e69f00"),
    *("56b4e9", "8c6bb1", "7a7a7a", "b8860b", "c51b7d"),
]
DASHES = ["-", "6,4", "2,3", "9,3,2,3"]  # so that lines are told apart without colours, too
MARKS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Panel:
    """A measure with a bar for each label; None is what was not measured."""

    title: str
    unit: str
    bars: Sequence[tuple[str, float | None]]


@dataclass(frozen=True)
class Line:
    """A label, and its points (x, y), both above 0. Lines of one `family` share a colour, told apart by `dashed`."""

    label: str
    points: Sequence[tuple[float, float]]
    family: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """Lines over two logarithmic axes; the axes' titles name their units."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]


def number(value: float) -> str:
    """Three digits, and no more: 0.12, 9.52, 34.1, 1,240."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 2)}f}"


def amount(value: float, unit: str) -> str:
    """A number with its unit, in the prefix that suits it: 9.4 KiB, 1.20 ms, 17.3 µs."""
    if unit == "B" and value >= 1024:
        value, unit = (value / 1024, "KiB") if value < 1 << 20 else (value / (1 << 20), "MiB")
    elif unit.startswith("%"):
        return f"{number(value)} %"
    elif unit == "B":
        return f"{value:.0f} B"
    elif unit == "µs" and value >= 1000:
        value, unit = (value / 1000, "ms") if value < 1e6 else (value / 1e6, "s")
    return f"{number(value)} {unit}"


# -- scales


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Where a logarithmic scale begins and ends: at powers of ten around all values above 0."""
    positive = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _is_logarithmic(values: Sequence[float]) -> bool:
    positive = [value for value in values if value > 0]
    return bool(positive) and max(positive) > SPANS * min(positive)


def _share(value: float, low: float, high: float) -> float:
    """Where `value` lies on a logarithmic scale, from 0 to 1."""
    return min(1.0, max(0.0, math.log(max(value, low) / low) / math.log(high / low)))


def _lengths(panel: Panel) -> tuple[list[float | None], str]:
    """How long each bar is, from 0 to 1, and a word about the scale."""
    values = [value for _, value in panel.bars if value is not None]
    if _is_logarithmic(values):
        low, high = _bounds(values)
        shares = [None if v is None else _share(v, low, high) for _, v in panel.bars]
        scale = f"logarithmic scale, {low:,g} to {high:,g} {panel.unit}"
        return shares, scale
    high = max(values, default=0) or 1
    return [None if v is None else v / high for _, v in panel.bars], ""


# -- text


def panels_text(panels: Sequence[Panel]) -> list[str]:
    lines: list[str] = []
    for panel in panels:
        width = max((len(label) for label, _ in panel.bars), default=0)
        lengths, scale = _lengths(panel)
        lines += ["", panel.title + (f"   ({scale})" if scale else "")]
        for (label, value), share in zip(panel.bars, lengths, strict=True):
            if value is None or share is None:
                lines.append(f"  {label:<{width}}  not measured")
                continue
            bar = "█" * round(share * BAR) or ("▏" if value else "")
            lines.append(f"  {label:<{width}}  {bar} {amount(value, panel.unit)}".rstrip())
    return lines[1:]


def chart_text(chart: Chart, width: int = 60, height: int = 18) -> list[str]:
    """A letter a line; where two meet, an asterisk."""
    xs = [x for line in chart.lines for x, _ in line.points]
    ys = [y for line in chart.lines for _, y in line.points]
    if not xs:
        return []
    (left, right), (low, high) = (min(xs), max(xs)), _bounds(ys)
    right = max(right, left * 1.01)
    cells = [[" "] * (width + 1) for _ in range(height + 1)]
    for mark, line in zip(MARKS, chart.lines, strict=False):
        for x, y in line.points:
            column = round(_share(x, left, right) * width)
            row = height - round(_share(y, low, high) * height)
            taken = cells[row][column]
            cells[row][column] = mark if taken in (" ", mark) else "*"
    scale = {height - round(_share(tick, low, high) * height): tick for tick in _decades(low, high)}
    labels = {row: f"{tick:,g}" for row, tick in scale.items()}
    margin = max(map(len, labels.values()))
    lines = [f"{chart.y}   (both scales logarithmic)"]
    for row, line in enumerate(cells):
        lines.append(f"  {labels.get(row, ''):>{margin}} ┤{''.join(line)}".rstrip())
    ruler = [" "] * (width + 12)
    for x in sorted(set(xs)):
        column, mark = round(_share(x, left, right) * width), f"{x:,.0f}"
        ruler[column : column + len(mark)] = mark
    lines.append(f"  {'':>{margin}}  {''.join(ruler).rstrip()}   {chart.x}")
    lines += [
        "",
        *(f"  {mark}  {line.label}" for mark, line in zip(MARKS, chart.lines, strict=False)),
    ]
    return lines + (["  *  several"] if any("*" in cell for cell in cells) else [])


def _decades(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    return [10.0**power for power in range(first, last + 1)]


# -- SVG

_STYLE = """
  .ground { fill: #ffffff } .ink { fill: #1f2328 } .dim { fill: #59636e } .bar { fill: #0072b2 }
  .grid { stroke: #d1d9e0; stroke-width: 1 } .halo { stroke: #ffffff; stroke-width: 3; paint-order: stroke }
  text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 13px }
  .title { font-size: 17px; font-weight: 600 } .name { font-weight: 600 }
  .line { fill: none; stroke-width: 2.2; stroke-linejoin: round }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .ink { fill: #f0f6fc } .dim { fill: #9198a1 } .bar { fill: #56b4e9 }
    .grid { stroke: #3d444d } .halo { stroke: #0d1117 } .mark { filter: brightness(1.35) }
  }
"""


def _text(x: float, y: float, words: str, kind: str = "ink", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _document(width: float, height: float, title: str, body: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
            f' width="{width:.0f}" height="{height:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
            _text(24, 34, title, "ink title"),
            *body,
            "</svg>\n",
        ]
    )


def panels_svg(title: str, panels: Sequence[Panel], notes: Sequence[str] = ()) -> str:
    """Two panels in a row, each bar with its value behind it."""
    names, length, value = 116, 230, 84
    row, column = 22, names + length + value + 30
    rows = max((len(panel.bars) for panel in panels), default=0)
    tall = 62 + rows * row
    body = []
    for place, panel in enumerate(panels):
        x, y = 24 + place % 2 * column, 72 + place // 2 * tall
        lengths, scale = _lengths(panel)
        body.append(_text(x, y, f"{panel.title}, {panel.unit}", "ink name"))
        body.append(_text(x, y + 17, scale or "linear scale, from 0", "dim"))
        for number_, ((label, size), share) in enumerate(zip(panel.bars, lengths, strict=True)):
            at = y + 40 + number_ * row
            body.append(_text(x + names - 8, at, label, "ink", "end"))
            if size is None or share is None:
                body.append(_text(x + names, at, "not measured", "dim"))
                continue
            wide = max(share * length, 1 if size else 0)
            if size:
                body.append(
                    f'<rect class="bar" x="{x + names}" y="{at - 12}" width="{wide:.1f}" height="15" rx="2"/>'
                )
            body.append(_text(x + names + wide + 6, at, amount(size, panel.unit), "dim"))
    bottom = 72 + math.ceil(len(panels) / 2) * tall
    body += [_text(24, bottom + n * 19, note, "dim") for n, note in enumerate(notes)]
    return _document(24 + 2 * column, bottom + len(notes) * 19 + 6, title, body)


def chart_svg(chart: Chart, notes: Sequence[str] = ()) -> str:
    """Lines with their names at their ends."""
    left, top, wide, tall, names = 84, 82, 560, 380, 170
    xs = sorted({x for line in chart.lines for x, _ in line.points})
    ys = [y for line in chart.lines for _, y in line.points]
    if not xs:
        return _document(left + wide + names, 80, chart.title, [_text(24, 60, "nothing measured")])
    low, high = _bounds(ys)
    first, last = xs[0], max(xs[-1], xs[0] * 1.01)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + _share(x, first, last) * wide, top + (1 - _share(y, low, high)) * tall

    body = [_text(24, 60, f"{chart.y}, logarithmic scale", "dim")]
    for tick in _decades(low, high):
        _, y = at(first, tick)
        body.append(f'<path class="grid" d="M{left} {y:.1f}H{left + wide}"/>')
        body.append(_text(left - 10, y + 4, f"{tick:,g}", "dim", "end"))
    for x in xs:
        column, _ = at(x, low)
        body.append(f'<path class="grid" d="M{column:.1f} {top}V{top + tall}"/>')
        body.append(_text(column, top + tall + 20, f"{x:,.0f}", "dim", "middle"))
    body.append(
        _text(left + wide / 2, top + tall + 44, f"{chart.x}, logarithmic scale", "dim", "middle")
    )
    heights = _apart([at(*line.points[-1])[1] for line in chart.lines], 16)
    families = list(dict.fromkeys(line.family or line.label for line in chart.lines))
    for line, height in zip(chart.lines, heights, strict=True):
        place = families.index(line.family or line.label)
        colour = f"#{COLOURS[place % len(COLOURS)]}"
        dash = "7,5" if line.dashed else DASHES[place // 3 % len(DASHES)]
        dash = "" if dash == "-" else f' stroke-dasharray="{dash}"'
        spots = [at(*point) for point in line.points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        body.append(f'<g class="mark" stroke="{colour}" fill="{colour}">')
        body.append(f'<path class="line" d="{path}"{dash}/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" stroke="none"/>' for x, y in spots]
        ended, y = spots[-1]
        name = left + wide + 26
        body.append(
            f'<path d="M{ended + 5:.1f} {y:.1f}L{name - 4} {height:.1f}" stroke-width="0.8" opacity="0.6"/></g>'
        )
        body.append(_text(name, height + 4, line.label))
    bottom = top + tall + 72
    body += [_text(24, bottom + n * 19, note, "dim") for n, note in enumerate(notes)]
    return _document(left + wide + names, bottom + len(notes) * 19 - 2, chart.title, body)


def _apart(heights: Sequence[float], distance: float) -> list[float]:
    """The same heights, moved so that any two are `distance` apart, as little as that takes."""
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    groups: list[list[float]] = []  # [sum of wished tops, number of names]
    for n in order:
        groups.append([heights[n], 1])
        while len(groups) > 1 and _top(groups[-2], distance) + groups[-2][1] * distance > _top(
            groups[-1], distance
        ):
            own = groups.pop()
            groups[-1] = [groups[-1][0] + own[0], groups[-1][1] + own[1]]
    moved = [0.0] * len(heights)
    places = iter(order)
    for group in groups:
        for place in range(int(group[1])):
            moved[next(places)] = _top(group, distance) + place * distance
    return moved


def _top(group: list[float], distance: float) -> float:
    return group[0] / group[1] - (group[1] - 1) * distance / 2
