"""`kata run`: a kata as a program of its own, with the terminal all to itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dojo.console import first_todo, say, shown
from dojo.katas import Kata
from dojo.rehearsal import NOT_WRITTEN, STOPPED

_REHEARSAL = Path(__file__).with_name("rehearsal.py")


def play(kata: Kata, file: Path, arguments: tuple[str, ...] = ()) -> int:
    """Run `file` to its end and return the exit status to leave with. Ctrl-C is the program's."""
    if not file.is_file():
        say(f"{shown(file)} is missing.", to_stderr=True)
        return 2
    process = subprocess.Popen([sys.executable, str(_REHEARSAL), str(file), *arguments])
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            continue  # the same key press reached the program
    return _explained(status, kata, file)


def _explained(status: int, kata: Kata, file: Path) -> int:
    if status == NOT_WRITTEN:
        say(f"{kata.id} is not written yet: {shown(file, first_todo(file))}", to_stderr=True)
        return 1
    if status == STOPPED:
        say("\nStopped.", to_stderr=True)
        return 0  # Ctrl-C is how a server's demo ends
    if status < 0:
        say(f"{shown(file)} was ended by signal {-status}.", to_stderr=True)
    return 1 if status else 0
