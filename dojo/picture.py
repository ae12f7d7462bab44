"""Draws the README's pictures from what the commands really print: `python -m dojo.picture`.

docs/red.svg shows b5 as a learner without gevent's patch sees it, docs/green.svg its reference.
"""

from __future__ import annotations

import os
import subprocess
import sys

from rich.console import Console
from rich.text import Text

from dojo.katas import ROOT, Curriculum

COLUMNS = 108


def draw(name: str, *arguments: str) -> None:
    """Run `kata ARGUMENTS`, and keep what a terminal would show as docs/NAME.svg."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "dojo", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    shown = " ".join(["./kata", *arguments])
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(f"[bold]$ {shown}[/bold]")
        console.print(Text.from_ansi(done.stdout.rstrip()))
        console.save_svg(str(ROOT / "docs" / f"{name}.svg"), title=shown, unique_id=name)


def main() -> None:
    unpatched = Curriculum().find("b5").impostors / "no_patch.py"
    draw("red", "test", "b5", "--target", unpatched.relative_to(ROOT).as_posix())
    draw("green", "test", "b5", "--target", "solutions")


if __name__ == "__main__":
    main()
