"""Runs the suites of some katas with pytest, in this process, without pytest's own output.

The suites run learner code in child processes only, so nothing of it is left in this process.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dojo import katas as places
from dojo.console import warn
from dojo.katas import Kata


class Stopped(Exception):
    """Ctrl-C ended the run; `katas` are the verdicts that stood by then."""


class Broken(Exception):
    """The suites themselves could not be run; the text says why."""


@dataclass
class Trial:
    """What ran: one entry per kata, in path order, in the format of `kata test --json`."""

    katas: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)  # test name, what ran when

    @property
    def green(self) -> bool:
        return all(entry["verdict"] in ("passed", "skipped") for entry in self.katas)


class _Watcher:
    """Calls `on_test(suite file name, test name)` as each test begins; keeps what the plugin warns of."""

    def __init__(self, on_test: Callable[[str, str], None] | None):
        self._on_test = on_test
        self.warnings: list[str] = []

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        suite, _, test = nodeid.partition("::")
        if self._on_test:
            self._on_test(Path(suite).stem, test)

    @pytest.hookimpl(tryfirst=True)
    def pytest_dojo_warn(self, sentence: str) -> bool:
        self.warnings.append(sentence)
        return True


def run(
    katas: Iterable[Kata],
    target: Path,
    *,
    stop_at_first: bool = False,
    workers: int = 0,
    marked: str | None = None,
    confined: bool = False,
    on_test: Callable[[str, str], None] | None = None,
) -> Trial:
    """Test `katas` as they lie in `target`, a tree like katas/ or one file; 0 `workers`: here.

    `marked` leaves only the tests with this marker; `confined` runs them with --sandbox.

    Raises Broken and Stopped.
    """
    from dojo.verdicts import Verdicts

    chosen = list(katas)
    for kata in chosen:
        if not kata.suite.is_file():
            raise Broken(f"{kata.id} has no suite: {kata.suite} is missing.")
    verdicts = Verdicts()
    watcher = _Watcher(on_test)
    arguments = _arguments(chosen, target, stop_at_first, workers)
    if marked:
        arguments += ["-m", marked]
    if confined:
        arguments.append("--sandbox")
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main(arguments, plugins=[verdicts, watcher])
    for sentence in watcher.warnings:
        warn(sentence)
    if code == pytest.ExitCode.INTERRUPTED and "KeyboardInterrupt" in said.getvalue():
        raise Stopped
    if marked and code == pytest.ExitCode.NO_TESTS_COLLECTED:
        return Trial()
    missing = {kata.id for kata in chosen} - {entry["kata"] for entry in verdicts.katas}
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or (
        missing and not stop_at_first
    ):
        raise Broken(f"The suites could not be run. pytest says:\n\n{said.getvalue().strip()}")
    return Trial(verdicts.katas, verdicts.pictures)


def _arguments(katas: list[Kata], target: Path, stop_at_first: bool, workers: int) -> list[str]:
    arguments = [
        *(str(kata.suite) for kata in katas),
        f"--target={target}",
        f"--rootdir={places.ROOT}",
        f"--config-file={places.ROOT / 'pyproject.toml'}",
        "--quiet",
        "--capture=sys",  # file descriptor 1 stays ours: the running test's name is shown on it
        "-p",
        "no:cacheprovider",
    ]
    if stop_at_first:
        arguments.append("--exitfirst")
    if workers > 1:
        arguments += ["-n", str(workers)]
    return arguments


def at_once() -> int:
    """How many suites run at once: they mostly wait, so four share a core."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return min(4 * cores, 16)
