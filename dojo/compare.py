"""Two values side by side, for a learner: what was expected, what came, and where they part."""

from __future__ import annotations

ROWS = 12
CELL = 44


def compare(got: object, expected: object) -> list[str]:
    """Lists row by row with an arrow at the first difference; anything else on two lines."""
    lists = isinstance(got, (list, tuple)) and isinstance(expected, (list, tuple))
    if lists and max(len(got), len(expected)) > 2:
        return _rows(list(got), list(expected))
    return [f"expected {expected!r}", f"got      {got!r}"]


def _rows(got: list[object], expected: list[object]) -> list[str]:
    count = max(len(got), len(expected))
    missing = object()
    pairs = [(_at(expected, n, missing), _at(got, n, missing)) for n in range(count)]
    apart = next((n for n, (a, b) in enumerate(pairs) if a is missing or b is missing or a != b), 0)
    first = max(0, min(apart - 3, count - ROWS))
    shown = [
        ["-" if cell is missing else _cell(cell) for cell in pair]
        for pair in pairs[first : first + ROWS]
    ]
    width = max(len(left) for left, _ in [*shown, ["expected", ""]])
    lines = [f"     {'expected':<{width}}   got"]
    for number, (left, right) in enumerate(shown, first):
        arrow = "   <- here" if number == apart else ""
        lines.append(f"{number:>3}  {left:<{width}}   {right}{arrow}")
    if first + ROWS < count:
        lines.append(f"     … and {count - first - ROWS:,} more")
    return lines


def _at(items: list[object], index: int, missing: object) -> object:
    return items[index] if index < len(items) else missing


def _cell(value: object) -> str:
    text = repr(value)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
