"""Turns a failed test into the text that its learner reads.

In this order: what was expected and what happened, the picture, the lines of the learner's file that matter, what
the code printed, and which command helps next. Never a traceback through the dojo.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from dojo.failures import Failure, NotWritten, Place
from dojo.submission import Submission
from dojo.timeline import Span, draw

LINES_OF_OUTPUT = 12
WIDTH = 160


def explain(
    error: AssertionError,
    submission: Submission,
    *,
    spans: Iterable[Span] = (),
    until: float | None = None,
    output: str = "",
    called: Iterable[str] = (),
) -> str:
    """The whole text for one failed test."""
    if isinstance(error, NotWritten):
        return f"{error}\n"
    blocks = [
        _statement(error),
        draw(list(spans), until),
        _places(error, submission, called),
        _printed(output),
    ]
    blocks.append([f"next: {launcher()} hint {submission.kata.id}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def launcher() -> str:
    """The command as this system types it."""
    return "py kata" if os.name == "nt" else "./kata"


def sentence(test: str) -> str:
    """ "test_two_naps_take_about_two_seconds" as words; a parameter stays in its brackets."""
    name, bracket, parameter = test.partition("[")
    return name.removeprefix("test_").replace("_", " ") + (f" [{parameter}" if bracket else "")


def _statement(error: AssertionError) -> list[str]:
    """The message; of pytest's own explanation only what compares values, not where they came from."""
    lines = [line for line in str(error).splitlines() if not line.lstrip().startswith("+ ")]
    lines = [line for line in lines if "Use -v to get" not in line and "Full diff" not in line]
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > 1 and lines[-1].startswith("assert ") and lines[-1].count("\n") == 0:
        lines[-1] = "  " + lines[-1]
    return [line if len(line) <= WIDTH else line[:WIDTH] + " …" for line in lines] or [
        "It does not hold."
    ]


def _places(error: AssertionError, submission: Submission, called: Iterable[str]) -> list[str]:
    if isinstance(error, Failure) and error.stacks:
        lines = []
        for stack in error.stacks[:6]:
            lines.append(f"where the {stack.kind} stood:")
            lines += _quote(stack.places[-3:], submission)
        if len(error.stacks) > 6:
            lines.append(f"… and {len(error.stacks) - 6} more")
        return lines
    if isinstance(error, Failure) and error.places:
        return _quote(error.places[-3:], submission)
    functions = submission.functions
    places = [Place(submission.file, functions[name], name) for name in called if name in functions]
    return _quote(places[-1:], submission)


def _quote(places: list[Place], submission: Submission) -> list[str]:
    shown = [f"{submission.shown}:{place.line}" for place in places]
    width = max((len(text) for text in shown), default=0)
    return [
        f"  {text:<{width}}   {_line(submission.file, place.line)}"
        for text, place in zip(shown, places, strict=True)
    ]


def _line(file: Path, number: int) -> str:
    linecache.checkcache(str(file))
    return linecache.getline(str(file), number).strip()


def _printed(output: str) -> list[str]:
    lines = [line[:WIDTH] for line in output.strip().splitlines()]
    lines = [
        line for line in lines if not line.startswith(("Fatal Python error", "Extension modules"))
    ]
    if not lines:
        return []
    if len(lines) > LINES_OF_OUTPUT:
        lines = [f"… {len(lines) - LINES_OF_OUTPUT:,} lines …", *lines[-LINES_OF_OUTPUT:]]
    return ["your code printed:", *(f"  {line}" for line in lines)]


def printable(text: str, stream=None) -> str:
    """`text` without the characters that the console's encoding lacks, the picture's blocks as plain signs."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for sign, plain in {"█": "#", "▶": ">", "…": "...", "✓": "+", "✗": "x", "░": "."}.items():
            text = text.replace(sign, plain)
        return text.encode(encoding, "replace").decode(encoding)
    return text
