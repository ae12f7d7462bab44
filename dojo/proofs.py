"""The three proofs of a suite: red on the stub, red for the right reason on impostors, green on right solutions.

Each file is judged as any submission is: by pytest, in a process of its own.
"""

from __future__ import annotations

import ast
import contextlib
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import psutil
import pytest

from dojo import imitation
from dojo.katas import ROOT, Kata
from dojo.verdicts import Verdicts

LIMIT = 300  # seconds for one suite on one file


@dataclass(frozen=True)
class Impostor:
    """A file that is right but for one mistake, as its docstring tells.

    mistake    the first line
    more       whether another line follows it without a blank one between: the mistake is cut off
    caught_by  the tests that must be red ("Caught by: test_one, test_two")
    hangs      whether running into a time limit is the mistake itself ("Hangs: yes")
    """

    file: Path
    mistake: str
    caught_by: tuple[str, ...]
    hangs: bool
    more: bool = False

    @property
    def kinds(self) -> set[str]:
        """The kinds of failure by which it may be caught: an assertion; a time limit only where that is the mistake."""
        return {"failed", "timed-out"} if self.hangs else {"failed"}

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
        more = len(lines) > 1 and bool(lines[1].strip())
        return cls(file, lines[0], tests, fields.get("Hangs") == "yes", more)


class Late(RuntimeError):
    """No verdict came within the limit."""


def judge(
    kata: Kata,
    target: Path,
    tests: tuple[str, ...] = (),
    *,
    imitating: str = "",
    plugins: tuple[object, ...] = (),
    beside: Callable[[int], AbstractContextManager[Any]] = contextlib.nullcontext,
    stop_at_first: bool = False,
    limit: float = LIMIT,
) -> list[dict[str, Any]]:
    """The tests of the kata's suite (or only these, in this order) on `target`: outcome, message and kind of each.

    imitating  a system (dojo/imitation.py); its process is a fresh one, where no module has looked around yet
    plugins    of pytest, in the judging process
    beside     a context manager made from that process's number, entered while it judges

    Raises Late after `limit` seconds: whatever ran is then ended.
    """
    suite = str(kata.suite)
    arguments = [f"--target={target}", *([f"{suite}::{name}" for name in tests] or [suite])]
    if stop_at_first:
        arguments.append("--exitfirst")
    context = multiprocessing.get_context("spawn") if imitating else processes
    verdict, told = context.Pipe(duplex=False)
    # Its own, so that nothing is left behind by a judge that had to be ended.
    folder = tempfile.TemporaryDirectory(prefix="judge-", ignore_cleanup_errors=True)
    process = context.Process(
        target=_judge, args=(arguments, plugins, imitating, folder.name, told)
    )
    process.start()
    told.close()
    try:
        with beside(process.pid):
            if not verdict.poll(limit):
                raise Late(f"{kata.suite} on {target} gave no verdict within {limit:g} s.")
            return verdict.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{kata.suite} on {target} ended without a verdict.") from None
    finally:
        _end(process.pid)
        process.join()
        verdict.close()
        folder.cleanup()


def _end(pid: int) -> None:
    """End the judge and whatever still runs below it."""
    with contextlib.suppress(psutil.Error):
        judge_ = psutil.Process(pid)
        for process in [judge_, *judge_.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                process.kill()


def _judge(
    arguments: list[str],
    plugins: tuple[object, ...],
    imitating: str,
    folder: str,
    told: Connection,
) -> None:
    verdicts = Verdicts()
    if imitating:
        os.environ[imitation.VARIABLE] = imitating
    tempfile.tempdir = folder
    os.chdir(ROOT)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        options = ["-p", "no:terminal", "-p", "no:cacheprovider"]
        pytest.main([*options, *arguments], plugins=[verdicts, *plugins])
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone
        told.send([test for tests in verdicts.details.values() for test in tests])


def _start_method() -> BaseContext:
    """Processes forked from one that has imported pytest already, where this system can; else fresh ones."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dojo.proofs", "dojo.plugin", "pytest"])
    return context


processes = _start_method()
