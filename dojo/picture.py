"""Draws the README's pictures from what the commands really print: `python -m dojo.picture`.

docs/red.svg is an impostor of b5 under test, docs/green.svg the reference, docs/path.svg the path.
"""

from __future__ import annotations

import os
import subprocess
import sys

from rich.console import Console
from rich.text import Text

from dojo.katas import ROOT, Curriculum

COLUMNS = 108


def draw(name: str, shown: str, *arguments: str) -> None:
    """Run `kata ARGUMENTS`, and keep what a terminal would show as docs/NAME.svg."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "dojo", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(f"[bold]$ {shown}[/bold]")
        console.print(Text.from_ansi(done.stdout.rstrip()))
        console.save_svg(str(ROOT / "docs" / f"{name}.svg"), title=shown, unique_id=name)


def main() -> None:
    b5 = Curriculum().find("b5")
    draw("red", "./kata test b5", "test", "b5", "--target", str(b5.impostors / "no_patch.py"))
    draw("green", "./kata test b5", "test", "b5", "--target", "solutions")
    draw("path", "./kata")


if __name__ == "__main__":
    main()
