"""What `kata test` shows: each test as a sentence, one failure in full, one next step."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import click

from dojo.console import command, first_todo, is_terminal, say, shown
from dojo.katas import Curriculum, Kata

SLOW_SECONDS = 1.0  # a test that takes longer shows its time
_MARKS = {
    "passed": click.style("✓", fg="green"),
    "failed": click.style("✗", fg="red"),
    "skipped": click.style("-", fg="yellow"),
}


def sentence(test: str) -> str:
    """`test_two_naps_overlap[gevent]` as "two naps overlap (gevent)"."""
    name, _, parameter = test.partition("[")
    words = name.removeprefix("test_").replace("_", " ")
    return f"{words} ({parameter.removesuffix(']')})" if parameter else words


class Ticker:
    """The running test's name on one line of a terminal, until the next; nothing elsewhere."""

    def __init__(self, wanted: bool = True):
        self._stream = sys.stdout  # pytest will put another in its place
        self._on = wanted and is_terminal()
        self._count = 0

    def __call__(self, suite: str, test: str) -> None:
        self._count += 1
        if self._on:
            id_ = suite.removeprefix("test_").partition("_")[0]
            self._show(f"  {self._count:3d}  {id_}: {sentence(test)}")

    def _show(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self.clear()
        click.echo(click.style(text[:width], dim=True), file=self._stream, nl=False)
        self._stream.flush()

    def clear(self) -> None:
        if self._on:
            click.echo("\r\x1b[K", file=self._stream, nl=False)


def show(entry: dict[str, Any], kata: Kata, file: Any) -> None:
    """One kata's tests, and the whole message of the first that failed."""
    if entry["verdict"] == "not-written":
        say(f"{kata.id} is not written yet: {shown(file, first_todo(file))}")
        return
    say(click.style(f"{kata.id} · {kata.title}", bold=True) + f"   {shown(file)}")
    failed = [test for test in entry["tests"] if test["outcome"] == "failed"]
    if _cannot_run(entry):
        _message(failed[0])
        return
    for test in entry["tests"]:
        say(_line(test))
        if "note" in test:
            say(click.style(f"      {test['note']}", dim=True))
    if entry.get("step"):
        say(f"  You are on step {entry['step']} of {entry['steps']}.")
    if failed:
        _explain(failed)


def _line(test: dict[str, Any]) -> str:
    seconds = f"  {test['seconds']:.1f} s" if test["seconds"] > SLOW_SECONDS else ""
    line = f"  {_MARKS[test['outcome']]} {sentence(test['name'])}"
    if test["outcome"] == "skipped" and test["message"]:
        seconds = f": {test['message'].splitlines()[0]}"
    return line + click.style(seconds, dim=True)


def _explain(failed: list[dict[str, Any]]) -> None:
    first, others = failed[0], len(failed) - 1
    say()
    say(click.style(sentence(first["name"]), fg="red", bold=True))
    _message(first)
    if others:
        are = "one more is" if others == 1 else f"{others} more are"
        say()
        say(f"{are.capitalize()} red. Make this one green first: it often takes others along.")


def _message(test: dict[str, Any]) -> None:
    for line in message_lines(test["message"]):
        say(f"  {line}".rstrip())


def _cannot_run(entry: dict[str, Any]) -> bool:
    """Whether all tests say the same: the file is no Python, or lacks what all of them need."""
    messages = {test["message"] for test in entry["tests"] if test["outcome"] == "failed"}
    return entry["verdict"] == "error" and len(messages) == 1


def message_lines(message: str) -> list[str]:
    """The message without its own last "next: …" line: here one next step for all follows."""
    lines = message.rstrip().splitlines()
    if lines and lines[-1].lstrip().startswith("next: "):
        lines.pop()
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def summary(entry: dict[str, Any], kata: Kata) -> str:
    """One line: the kata, how many tests, how long."""
    tests = entry["tests"]
    mark = _MARKS.get(entry["verdict"], _MARKS["failed"])
    seconds = sum(test["seconds"] for test in tests)
    failed = sum(test["outcome"] == "failed" for test in tests)
    count = f"{failed} of {len(tests)} red" if failed else f"{len(tests)} tests"
    verdict = "" if entry["verdict"] in ("passed", "failed") else f"   {entry['verdict']}"
    return f"  {mark} {kata.id:<4} {kata.title:<44} {count:>12} {seconds:6.1f} s{verdict}"


def next_after_red(entry: dict[str, Any], kata: Kata) -> str:
    if entry["verdict"] == "not-written":
        lesson, test = command(f"lesson {kata.id}"), command(f"test {kata.id}")
        return f"Next: read {shown(kata.lesson)} ({lesson}), write, then {test}"
    if _cannot_run(entry):
        return f"Next: mend that, then {command(f'test {kata.id}')}"
    return f"Next: {command(f'hint {kata.id}')}"


def how_it_went(katas: list[dict[str, Any]]) -> str:
    """A sentence about a run without red."""
    if any(entry["verdict"] == "skipped" for entry in katas):
        return "Nothing is red."
    return f"{katas[0]['kata']} is green." if len(katas) == 1 else "All green."


def next_after_green(following: Kata | None, curriculum: Curriculum) -> str:
    """The one line after green: the next kata, or a word of joy when none is left."""
    if following is None:
        return joy(curriculum)
    file = shown(following.file, first_todo(following.file))
    lesson = command(f"lesson {following.id}")
    return f"Next: {following.id} · {following.title}   {file}   ({lesson})"


def joy(curriculum: Curriculum) -> str:
    count = len(curriculum.katas)
    return click.style(
        f"All {count} katas are green. You have walked the whole path, from one task after the "
        "other to one thread that holds a crowd. Well done!",
        fg="green",
        bold=True,
    )
