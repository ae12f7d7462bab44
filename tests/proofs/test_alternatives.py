"""Every right solution is green, however differently it is built from the reference."""

import pytest

from dojo.katas import Curriculum
from dojo.proofs import judge

ALTERNATIVES = [
    pytest.param(kata, file, id=f"{kata.slug}-{file.stem}")
    for kata in Curriculum().katas
    for file in sorted(kata.alternatives.glob("*.py"))
]


@pytest.mark.parametrize(("kata", "file"), ALTERNATIVES)
def test_it_is_green(kata, file):
    tests = judge(kata, file)
    assert tests
    red = [f"{test['name']}: {test['message']}" for test in tests if test["outcome"] == "failed"]
    assert not red, "\n".join(red)
