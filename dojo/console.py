"""What reaches the screen: text that every console can show, paths and commands to paste."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TextIO

import click

from dojo import katas as places

_PLAIN = str.maketrans(
    "✓✗→◀▶↑↓·—─█▇▆▅▄▃▂▁▒░▏┤┊└┘♥₂⏎", "+x><>^v---##===___:.||:++*2$", ""
) | str.maketrans({"…": "...", "≤": "<="})


def say(text: str = "", *, to_stderr: bool = False, newline: bool = True) -> None:
    """Print `text`: signs that the console lacks become plain, colours reach terminals only."""
    stream = sys.stderr if to_stderr else sys.stdout
    click.echo(printable(text, stream), file=stream, nl=newline, color=_wants_colour())


def _wants_colour() -> bool | None:
    """What NO_COLOR and FORCE_COLOR ask for (no-color.org, force-color.org); None: as the stream is."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def printable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text


def warn(sentence: str) -> None:
    say(click.style(sentence, fg="yellow"), to_stderr=True)


def is_terminal() -> bool:
    return sys.stdout.isatty()


def shown(file: Path, line: int | None = None) -> str:
    """`file` as seen from the current folder, in the form that terminals make clickable."""
    try:
        text = os.path.relpath(file)
    except (ValueError, OSError):  # another drive on Windows, or a current folder that is gone
        text = str(file)
    return text if line is None else f"{text}:{line}"


def command(arguments: str = "") -> str:
    """`./kata test d2`, as it is typed on this system from the current folder."""
    launcher = shown(places.ROOT / "kata")
    if os.name == "nt":
        launcher = f'py "{launcher}"' if " " in launcher else f"py {launcher}"
    else:
        launcher = shlex.quote(launcher if "/" in launcher else f"./{launcher}")
    return f"{launcher} {arguments}".strip()


def first_todo(file: Path) -> int:
    """The line where the learner goes on writing: the first `raise NotImplementedError`, else 1."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 1
    marked = (n for n, line in enumerate(lines, 1) if "raise NotImplementedError" in line)
    return next(marked, 1)
