"""`python -m dojo.mutants`: the edits, and what becomes of the mutants."""

import tempfile
import time
from pathlib import Path

import pytest

from dojo import mutants as driver
from dojo.katas import Curriculum
from dojo.mutants import Equivalents, Fate, Trials, chosen, complaints, try_all
from dojo.mutation import Mutant, mutants
from dojo.proofs import Late, judge


def edits(source):
    return [(mutant.old, mutant.new) for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("line", "mutated"),
    [
        ("if a < b: pass", {"if a <= b: pass", "if True: pass", "if False: pass"}),
        ("f(a not  in b)", {"pass", "f(a in b)"}),
        ("f(a and b or c)", {"pass", "f(a or b or c)", "f(a and b and c)"}),
        ("a[1:]", {"pass", "a[2:]", "a[:]"}),
        ("f(1, b=c, d=e)", {"pass", "f(2, b=c, d=e)", "f(1, d=e)", "f(1, b=c)"}),
        ("n += m", {"n -= m", "n = m"}),
        ("raise ValueError('some words')", {"pass"}),
        ("f(ValueError('some words'))", {"pass"}),
        ("queue.popleft()", {"pass", "queue.pop()"}),
        ("a = b  # a < b", {"a = None  # a < b"}),
        ("n: int | None = 1", {"n: int | None = 2"}),
        ("Task = int | None", set()),
        ("import os", set()),
        ('"""A docstring."""', set()),
        ('if __name__ == "__main__": f(1)', set()),
        ("print('ä', x == y)", {"pass", "print('', x == y)", "print('ä', x != y)"}),
    ],
)
def test_the_edits_of_a_line(line, mutated):
    assert {new for old, new in edits(f"{line}\n")} == mutated


def test_a_handler_catches_less_or_does_nothing():
    source = "try:\n    f()\nexcept (KeyError, OSError):\n    g()\nfinally:\n    h()\n"
    assert {
        ("except (KeyError, OSError):", "except ((), OSError):"),
        ("except (KeyError, OSError):", "except (KeyError, ()):"),
        ("g()", "raise"),
        ("h()", "pass"),
    } <= set(edits(source))


def test_every_mutant_is_valid_differs_and_comes_once():
    source = Curriculum().find("f1").solution.read_text(encoding="utf-8")
    found = [mutant.source for mutant in mutants(source)]
    assert len(found) == len(set(found)) > 100
    assert source not in found
    for mutated in found:
        compile(mutated, "mutant", "exec")


def test_what_the_stub_gives_is_left_alone():
    given = "PORT = 8080\ndef nap():\n    return 1\n"
    stub = given + "LIMIT = 0\ndef serve():\n    raise NotImplementedError\n"
    source = given + (
        "LIMIT = 3\ndef serve():\n    return nap()\nif __name__ == '__main__':\n    print(serve(), 4)\n"
    )
    assert {mutant.line for mutant in mutants(source, stub)} == {4, 6}
    assert {mutant.line for mutant in mutants(source)} == {1, 3, 4, 6}


def test_a_mutant_says_where_it_is():
    source = "class Hub:\n    def run(self):\n        return self.tasks > 0\n"
    found = next(mutant for mutant in mutants(source) if ">=" in mutant.new)
    assert (found.where, found.line, found.old) == ("Hub.run", 3, "return self.tasks > 0")


@pytest.fixture
def trials(tmp_path, monkeypatch):
    """trials(source, …): these programs as the mutants of a1."""
    monkeypatch.setattr(driver, "KEPT", tmp_path)

    def make(*sources):
        found = [Mutant("run_serially", 1, "old", f"new {n}", s) for n, s in enumerate(sources)]
        return Trials(Curriculum().find("a1"), found, found)

    return make


def right():
    return Curriculum().find("a1").solution.read_text(encoding="utf-8")


def silent(words):
    pass


def test_killed_and_survived_and_what_is_kept(trials):
    wrong = right().replace("return spans", "return spans[::-1]")
    assert wrong != right()
    one = trials(wrong, right())
    try_all([one], silent)
    (killed, survived) = (one.fates[mutant] for mutant in one.all)
    assert killed.outcome == "killed"
    assert killed.by in one.on_the_reference[0]
    assert survived.outcome == "survived"

    again = trials(wrong, right())
    again.recall()
    assert again.fates == one.fates
    assert not again.left


def test_what_another_suite_has_found_only_says_whom_to_ask_first(trials):
    one = trials(right())
    last = one.on_the_reference[0][-1]
    one.fates[one.all[0]] = Fate("killed", last, "the key of another suite")
    one.keep()
    again = trials(right())
    again.recall()
    assert again.left == again.all
    assert again._most_likely_first(again.all[0])[0] == last


def test_a_mutant_that_hangs_is_ended_and_listed(trials, monkeypatch):
    monkeypatch.setattr(driver, "LEAST", 2.0)
    monkeypatch.setattr(driver, "SLACK", 0)
    one = trials(right() + "\nwhile True:\n    pass\n")
    try_all([one], silent)
    assert [fate.outcome for fate in one.fates.values()] == ["late"]
    assert "| a1 | 1 | 1 | 1 | 0 | 100.0% | 100.0% |" in driver.table([one], Equivalents(), "")


class Litter:
    """A plugin that makes a temporary folder, writes its name into `note`, and stays."""

    def __init__(self, note: Path):
        self.note = note

    def pytest_sessionstart(self):
        self.note.write_text(tempfile.mkdtemp())
        time.sleep(60)


def test_a_judge_that_is_ended_leaves_no_temporary_folder(tmp_path):
    kata, note = Curriculum().find("a1"), tmp_path / "note"
    with pytest.raises(Late):
        judge(kata, kata.solution, plugins=(Litter(note),), limit=5)
    assert not Path(note.read_text()).exists()


def test_a_suite_that_is_red_on_the_reference_tries_nothing(trials, monkeypatch):
    red = [{"name": "test_x", "outcome": "failed", "message": "not as it should be"}]
    monkeypatch.setattr(driver, "judge", lambda kata, target: red)
    one = trials("0")
    try_all([one], silent)
    assert not one.fates
    (said,) = complaints([one], Equivalents(), whole=False)
    assert said == "a1 is red on the reference itself. test_x: not as it should be"


def test_who_survives_must_be_listed_and_who_is_listed_must_survive(trials, tmp_path):
    file = tmp_path / "equivalents.toml"
    file.write_text(
        '[[a1]]\nin = "run_serially"\nline = "old"\nmutants = ["new 1", "new 2", "new 9"]\n'
        'why = "nobody can tell"\n'
    )
    one = trials("0", "1", "2")
    for mutant, outcome in zip(one.all, ("survived", "survived", "killed"), strict=True):
        one.fates[mutant] = Fate(outcome, "test_x")
    said = list(complaints([one], Equivalents(file), whole=True))
    assert "a1: 50.0% of its mutants are killed" in said.pop(3)  # 1 of the 2 that are not listed
    assert "50.0% of all" in said.pop()
    assert len(said) == 3
    assert "`new 0` survives" in said[0]
    assert "`new 2` is listed as equivalent, yet test_x notices it" in said[1]
    assert "new 9 is listed as equivalent, and there is no such mutant" in said[2]


def test_too_few_killed_is_a_complaint(trials):
    one = trials("0", "1")
    for mutant in one.all:
        one.fates[mutant] = Fate("survived")
    said = list(complaints([one], Equivalents(), whole=True))
    assert any("a1: 0.0% of its mutants are killed, below 85%" in sentence for sentence in said)
    assert any("of all mutants are killed, below 95%" in sentence for sentence in said)


def test_a_sample_depends_on_its_seed_alone():
    katas = Curriculum().katas[:3]

    def sample(seed):
        return [mutant for one in chosen(katas, 0.3, seed) for mutant in one.chosen]

    assert sample("x") == sample("x") != sample("y")
    assert 0 < len(sample("x")) < sum(len(one.all) for one in chosen(katas, 1, ""))


def test_what_is_listed_as_equivalent_exists():
    for one in chosen(Curriculum().katas, 0, ""):
        assert not Equivalents().strays(one.kata, one.all)
