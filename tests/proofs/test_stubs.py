"""Every test is red on an untouched stub, but for those that observe the world."""

import pytest

from dojo.katas import Curriculum
from dojo.pristine import Pristine
from dojo.proofs import judge


@pytest.mark.parametrize("kata", Curriculum().katas, ids=lambda kata: kata.slug)
def test_the_stub_is_red(kata, tmp_path):
    stub = tmp_path / kata.relative.name
    stub.write_text(Pristine().text(kata), encoding="utf-8")
    tests = [test for test in judge(kata, stub) if test["outcome"] != "skipped"]
    assert tests
    for test in tests:
        if not test["facts"].get("observation"):
            assert test["facts"].get("kind") == "not-written", f"{test['name']}: {test}"
