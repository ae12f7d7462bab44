"""`--sample 0.4 --seed X`: only so large a part of a proof, the same one for the same seed.

And the table of test_platforms.py: which tests passed where, and what the others lacked.
"""

import math
import random

import pytest


def pytest_addoption(parser):
    group = parser.getgroup("proofs")
    group.addoption(
        "--sample", type=float, metavar="PART", help="only this part of the proof's cases"
    )
    group.addoption("--seed", default="", help="which part: any text")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    part = config.getoption("--sample")
    if part is None:
        return
    chance = random.Random(config.getoption("--seed"))
    kept = set(chance.sample(items, math.ceil(part * len(items))))
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def pytest_terminal_summary(terminalreporter):
    reports = [r for some in terminalreporter.stats.values() for r in some]
    facts = [dict(r.user_properties) for r in reports if getattr(r, "when", None) == "call"]
    for kata, system, file, passed, of, lacks in sorted(
        fact["platform"] for fact in facts if "platform" in fact
    ):
        line = f"{kata}  {system:7}  {passed:3} of {of:3} passed  {file:32} {'; '.join(lacks)}"
        terminalreporter.write_line(line.rstrip())
