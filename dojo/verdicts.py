"""What a run of suites came to, kata by kata, in the format that `kata test --json` prints.

Format 1, stable: `{"version": 1, "kata": "d2", "verdict": …, "tests": [{"name", "outcome", "message", "seconds"}]}`.
verdict  passed | failed | not-written | error | timed-out | skipped
outcome  passed | failed | skipped; message is "" for what passed, the reason for what was skipped
note     what was measured, only where a test has something to tell
step     only for katas whose suite is a path: the place of the first red test in it (`steps` is how many there are),
         or null when none is red
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dojo.katas import Curriculum

VERSION = 1
UNFINISHED = "The test was begun and did not come to its end."


class Verdicts:
    """A pytest plugin that listens to the reports of every test; read `katas` when the session is over."""

    def __init__(self) -> None:
        self._tests: dict[str, dict[str, dict[str, Any]]] = {}
        self._curriculum = Curriculum()

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        facts = dict(report.user_properties)
        kata = facts.get("kata")
        if kata is None:
            return
        name = report.nodeid.rpartition("::")[2]
        test = self._tests.setdefault(kata, {}).setdefault(
            name,
            {"name": name, "outcome": "failed", "message": UNFINISHED, "seconds": 0.0, "facts": {}},
        )
        test["seconds"] = round(test["seconds"] + report.duration, 3)
        test["facts"].update(facts)
        if "note" in facts:
            test["note"] = facts["note"]
        if report.failed:
            test["outcome"], test["message"] = "failed", str(report.longrepr)
        elif report.skipped:
            test["outcome"], test["message"] = "skipped", _reason(report)
        elif report.when == "call":
            test["outcome"], test["message"] = "passed", ""

    @property
    def katas(self) -> list[dict[str, Any]]:
        """One entry per kata of which a test ran, in the order of the path."""
        entries = []
        for kata in self._curriculum.katas:
            if tests := self._tests.get(kata.id):
                in_order = sorted(tests.values(), key=lambda test: test["facts"].get("place", 0))
                entry = {
                    "version": VERSION,
                    "kata": kata.id,
                    "verdict": _verdict(in_order),
                    "tests": [{k: v for k, v in t.items() if k != "facts"} for t in in_order],
                }
                if kata.steps:
                    entry |= {"step": _first_red(in_order), "steps": self.suite_size(kata.id)}
                entries.append(entry)
        return entries

    @property
    def details(self) -> dict[str, list[dict[str, Any]]]:
        """Every test of each kata, with its `facts` (kind of failure, observation) beside the fields of `katas`."""
        return {kata: list(tests.values()) for kata, tests in self._tests.items()}

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """What ran when in the tests that are marked `trace`: their names and the lines of their pictures."""
        tests = [test for tests in self._tests.values() for test in tests.values()]
        return [(t["name"], t["facts"]["picture"]) for t in tests if t["facts"].get("picture")]

    def suite_size(self, kata: str) -> int:
        """How many tests the kata's suite has, whether they were selected or not."""
        return max(test["facts"]["tests"] for test in self._tests[kata].values())


def _verdict(tests: list[Mapping[str, Any]]) -> str:
    failed = [test for test in tests if test["outcome"] == "failed"]
    kinds = {test["facts"].get("kind", "error") for test in failed}
    if not failed:
        return "passed" if any(test["outcome"] == "passed" for test in tests) else "skipped"
    green = [t for t in tests if t["outcome"] == "passed" and not t["facts"].get("observation")]
    if kinds == {"not-written"} and not green:
        return "not-written"
    for kind in ("error", "timed-out"):
        if kind in kinds:
            return kind
    return "failed"


def _first_red(tests: list[Mapping[str, Any]]) -> int | None:
    """Its place in the suite."""
    return next((t["facts"]["place"] for t in tests if t["outcome"] == "failed"), None)


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
