"""Turns a failed test into the text that its learner reads.

In this order: what was expected and what happened, the picture, the lines of the learner's file that matter, what
the code printed, and which command helps next. Never a traceback through the dojo.
"""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from dojo.console import command
from dojo.failures import Failure, NotWritten, Place
from dojo.scenarios import Story
from dojo.submission import Submission
from dojo.timeline import draw, draw_steps

LINES_OF_OUTPUT = 12
LINES_OF_A_PAIR = 2  # "expected …", "got …": see dojo.compare
WIDTH = 110


def explain(
    error: AssertionError,
    submission: Submission,
    *,
    story: Story | None = None,
    output: str = "",
    called: Iterable[str] = (),
) -> str:
    """The whole text for one failed test."""
    if isinstance(error, NotWritten):
        return f"{error}\n"
    blocks = [
        _statement(error),
        *pictures(story or Story()),
        _places(error, submission, called),
        _printed(output, submission),
    ]
    blocks.append([f"next: {command(f'hint {submission.kata.id}')}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def pictures(story: Story) -> list[list[str]]:
    """Who ran when, and who did what after whom: the lines of each picture that shows something."""
    return [lines for lines in (draw(story.spans, story.until), draw_steps(story.steps)) if lines]


def _statement(error: AssertionError) -> list[str]:
    """The suite's sentence, and the values side by side where they say more than the sentence does."""
    lines = str(error).splitlines()
    cut = next((n for n, line in enumerate(lines) if line.split(" ")[0] == "assert"), len(lines))
    sentence = [piece for line in lines[:cut] for piece in textwrap.wrap(line, WIDTH)]
    compared = _compared(lines[cut:])
    if not sentence:
        rest = [line for line in lines[cut:] if not line.lstrip().startswith("+ ")]
        return ["This does not hold:", *(compared or rest)]
    told = len(compared) == LINES_OF_A_PAIR  # the sentence has named both values already
    return sentence if told else sentence + compared


def _compared(explained: list[str]) -> list[str]:
    """What pytest_assertrepr_compare had to say, taken out of pytest's explanation."""
    first = explained[0].strip() if explained else ""
    if first not in ("assert", "assert ("):
        return []
    values = textwrap.dedent("\n".join(explained[1:]))
    return (values[:-1] if first.endswith("(") else values).splitlines()


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


def _printed(output: str, submission: Submission) -> list[str]:
    lines = [
        line[:WIDTH] for line in _own_frames(output.strip().splitlines(), str(submission.file))
    ]
    if not lines:
        return []
    if len(lines) > LINES_OF_OUTPUT:
        lines = [f"… {len(lines) - LINES_OF_OUTPUT:,} lines …", *lines[-LINES_OF_OUTPUT:]]
    return ["your code printed:", *(f"  {line}" for line in lines)]


def _own_frames(lines: Iterable[str], file: str) -> Iterator[str]:
    """The output without those lines of tracebacks, and of crash dumps, that are about other files."""
    foreign = False
    for line in lines:
        if line.startswith('  File "'):
            foreign = file not in line
        elif not line.startswith("    "):
            foreign = line.startswith(("Fatal Python error", "Extension modules", "Current thread"))
        if not foreign:
            yield line
