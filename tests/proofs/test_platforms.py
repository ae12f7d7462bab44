"""With the features of Windows or of macOS switched off nothing fails, and every skip names the feature it lacks."""

import os
import random

import pytest

from dojo.imitation import FEATURES, SYSTEMS
from dojo.katas import Curriculum
from dojo.proofs import Impostor, judge

# What is not for every system. All other katas must have tests that pass on each.
NOWHERE = {"windows": {"d3", "d4", "d5", "e2"}, "macos": {"d4", "d5", "e2"}}
os.environ.setdefault("C10K_CLIENTS", "2000")  # of d9: what poll does for 10,000 is known
PROGRAMS = ("needs curl", "needs wrk", "needs redis-benchmark", "needs Flask", "needs requests")

KATAS = Curriculum().katas
everywhere = pytest.mark.parametrize("system", SYSTEMS)
each = pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.slug)


def one_of(folder, system):
    """The same file each time, another one for the other system."""
    files = sorted(folder.glob("*.py"))
    return random.Random(f"{system} {folder.name}").choice(files)


def unnamed(tests, system):
    """The reasons of skips that name nothing known to be missing there."""
    known = (*FEATURES[system], *PROGRAMS)
    reasons = {test["message"] for test in tests if test["outcome"] == "skipped"}
    return [reason for reason in reasons if not any(name in reason for name in known)]


def must_hold(kata, system, file, record_property):
    tests = judge(kata, file, imitating=system)
    red = [f"{test['name']}: {test['message']}" for test in tests if test["outcome"] == "failed"]
    assert tests and not red, "\n".join(red)
    assert not unnamed(tests, system)
    passed = sum(test["outcome"] == "passed" for test in tests)
    skipped = {test["message"] for test in tests if test["outcome"] == "skipped"}
    record_property("platform", [kata.id, system, file.stem, passed, len(tests), sorted(skipped)])
    assert bool(passed) == (kata.id not in NOWHERE[system]), f"{passed} of {len(tests)} passed"


@everywhere
@each
def test_the_reference_is_green(kata, system, record_property):
    must_hold(kata, system, kata.solution, record_property)


@everywhere
@each
def test_a_solution_built_differently_is_green(kata, system, record_property):
    must_hold(kata, system, one_of(kata.alternatives, system), record_property)


@everywhere
@each
def test_an_impostor_stays_caught(kata, system):
    impostor = Impostor.read(one_of(kata.impostors, system))
    tests = judge(kata, impostor.file, impostor.caught_by, imitating=system)
    green = [test["name"] for test in tests if test["outcome"] == "passed"]
    assert tests and not green, f"green, though: {impostor.mistake}"
    assert not unnamed(tests, system)
    for test in tests:
        if test["outcome"] == "failed":
            expected = {"timed-out", "failed"} if impostor.hangs else {"failed"}
            assert test["facts"]["kind"] in expected, test["message"]
    if all(test["outcome"] == "skipped" for test in tests):
        pytest.skip(tests[0]["message"])
