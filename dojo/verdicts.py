"""What a run of suites came to, kata by kata, in the format that `kata test --json` prints.

Format 1, stable: `{"version": 1, "kata": "d2", "verdict": …, "tests": [{"name", "outcome", "message", "seconds"}]}`.
verdict  passed | failed | not-written | error | timed-out | skipped
outcome  passed | failed | skipped; message is "" for what passed, the reason for what was skipped
note     what was measured, only where a test has something to tell
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
                listed = [
                    {k: v for k, v in test.items() if k != "facts"} for test in tests.values()
                ]
                verdict = _verdict(list(tests.values()))
                entries.append(
                    {"version": VERSION, "kata": kata.id, "verdict": verdict, "tests": listed}
                )
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


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
