"""Every impostor is caught by the tests that it names, by an assertion and not by a crash or a time limit."""

import pytest

from dojo.katas import Curriculum
from dojo.proofs import Impostor, judge

IMPOSTORS = [
    pytest.param(kata, file, id=f"{kata.slug}-{file.stem}")
    for kata in Curriculum().katas
    for file in sorted(kata.impostors.glob("*.py"))
]


@pytest.mark.parametrize(("kata", "file"), IMPOSTORS)
def test_it_is_caught(kata, file):
    impostor = Impostor.read(file)
    for test in judge(kata, file, impostor.caught_by):
        if test["outcome"] == "skipped":
            pytest.skip(test["message"])
        assert test["outcome"] == "failed", f"{test['name']} is green, though: {impostor.mistake}"
        assert test["facts"]["kind"] in impostor.kinds, test["message"]
        print(test["message"])  # what its learner reads: shown by pytest -rP
