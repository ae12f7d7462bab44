"""A plain table for the terminal: the first columns are words, the numbers stand right."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 2) -> list[str]:
    """The lines; the first `words` columns stand left, the others right."""
    from rich.box import Box
    from rich.console import Console
    from rich.table import Table

    plain = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    grid = Table(box=plain, pad_edge=False, show_edge=False, header_style="")
    for number, title in enumerate(head):
        grid.add_column(title, justify="left" if number < words else "right", no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    console = Console(width=400, color_system=None, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(grid)
    return [line.rstrip() for line in capture.get().rstrip("\n").splitlines()]
