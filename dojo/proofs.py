"""The three proofs of a suite: red on the stub, red for the right reason on impostors, green on right solutions.

Each file is judged as any submission is: by pytest, in a process of its own.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dojo.katas import ROOT, Kata
from dojo.verdicts import Verdicts

LIMIT = 300  # seconds for one suite on one file


@dataclass(frozen=True)
class Impostor:
    """A file that is right but for one mistake, as its docstring tells.

    mistake    the first line
    caught_by  the tests that must be red ("Caught by: test_one, test_two")
    hangs      whether running into a time limit is the mistake itself ("Hangs: yes")
    """

    file: Path
    mistake: str
    caught_by: tuple[str, ...]
    hangs: bool

    @classmethod
    def read(cls, file: Path) -> Impostor:
        """Raises ValueError if the docstring lacks the mistake or the tests that catch it."""
        lines = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        tests = tuple(
            name.strip() for name in fields.get("Caught by", "").split(",") if name.strip()
        )
        if not lines or not tests:
            raise ValueError(
                f'{file}: the docstring needs the mistake and a line "Caught by: test_…"'
            )
        return cls(file, lines[0], tests, fields.get("Hangs") == "yes")


def judge(kata: Kata, target: Path, tests: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The tests of the kata's suite (or only these) on `target`, each with its outcome, message and kind."""
    suite = str(kata.suite)
    command = [sys.executable, "-m", "dojo.proofs", f"--target={target}"]
    command += [f"{suite}::{name}" for name in tests] or [suite]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT
    )
    if not done.stdout.strip():
        raise RuntimeError(f"{command} printed no verdict:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    verdicts = Verdicts()
    pytest.main(["-p", "no:terminal", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[verdicts])
    print(json.dumps([test for tests in verdicts.details.values() for test in tests]))


if __name__ == "__main__":
    main()
