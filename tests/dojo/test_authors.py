"""`kata new` and `kata check`: a kata is begun whole, and held to the rules."""

import re
import shutil

import pytest

from dojo import impostors
from dojo import katas as places
from dojo.authors import begin
from dojo.check import check, ship
from dojo.pristine import Pristine
from tests.dojo.conftest import IMPOSTOR, SOLUTION, put


def findings(house, strict=False):
    path = house.path
    return [
        finding.sentence for finding in check(path, list(path.katas)) if strict or not finding.note
    ]


# -- kata new


def test_a_new_kata_has_every_file_and_stands_in_the_path(house):
    files = begin("a", "a2", "two", None)
    kata = house["a2"]
    assert [kata.id for kata in house.path.katas] == ["a1", "a2", "a3", "b1"]
    assert kata.title == "Two"
    for file in (kata.file, kata.lesson, kata.solution, kata.suite):
        assert file in files and file.is_file()
    assert list(kata.impostors.glob("*.py")) and list(kata.alternatives.glob("*.py"))
    assert Pristine().holds(kata)


def test_its_files_are_python_and_check_says_what_is_missing(house):
    for file in begin("b_second", "b10", "yield", 'Say "yes"'):
        if file.suffix == ".py":
            compile(file.read_bytes(), str(file), "exec")
    assert house["b10"].title == 'Say "yes"'
    sentences = findings(house)
    assert "1 impostors, at least 4 please." in sentences
    assert any(sentence.startswith("to be filled in") for sentence in sentences)
    assert not any("no Python" in s or "sections" in s or "hints are" in s for s in sentences)


def test_the_manifest_keeps_its_comments(house):
    before = places.MANIFEST.read_text(encoding="utf-8")
    begin("b", "b2", "last", None)
    after = places.MANIFEST.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    begin("a", "a4", "four", None)
    begin("a", "a0", "zero", None)
    assert '# the easy one\n  [[part.kata]]\n  id = "a1"' in places.MANIFEST.read_text("utf-8")
    assert [kata.id for kata in house.path.katas] == ["a0", "a1", "a3", "a4", "b1", "b2"]


@pytest.mark.parametrize(
    ("part", "id_", "name"),
    [
        ("z", "z1", "nowhere"),
        ("a", "a1", "taken"),
        ("a", "two", "bad_id"),
        ("a", "a2", "../up"),
        ("a", "a2", "Capital"),
    ],
)
def test_a_kata_that_cannot_be_is_refused_and_nothing_made(house, part, id_, name):
    before = sorted(house.root.rglob("*.*"))
    with pytest.raises(ValueError):
        begin(part, id_, name, None)
    assert [f for f in sorted(house.root.rglob("*.*")) if ".dojo" not in f.parts] == before


def test_nothing_is_overwritten(house):
    mine = places.KATAS / "a_first" / "a2_two.py"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="exists already"):
        begin("a", "a2", "two", None)
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (places.SOLUTIONS / "a_first" / "a2_two.py").exists()


# -- kata check


def test_a_house_in_order_breaks_no_rule(house):
    assert findings(house, strict=True) == []


def test_a_solved_kata_breaks_no_rule_but_is_no_stub(house):
    house.solve("a1")
    assert findings(house) == []
    assert any(sentence.startswith("edited stub") for sentence in findings(house, strict=True))


@pytest.mark.parametrize("what", ["file", "lesson", "solution", "suite"])
def test_a_missing_file_is_named(house, what):
    getattr(house["a1"], what).unlink()
    assert any(sentence.startswith("a1 has no ") for sentence in findings(house))


def test_a_missing_tree_is_named(house):
    shutil.rmtree(house["a1"].impostors)
    shutil.rmtree(house["a1"].alternatives)
    assert findings(house) == [
        "0 impostors, at least 4 please.",
        "0 right solutions that are built another way, at least 2 please.",
        "it is out of date: `python -m dojo.impostors` writes it.",
    ]


def breaking(attribute, old, new):
    """What the check says after `old` became `new` in a file of a1."""

    def broken(house):
        file = getattr(house["a1"], attribute)
        text = file.read_text(encoding="utf-8")
        assert old in text
        put(file, text.replace(old, new))
        if attribute == "file":
            stubs = Pristine()
            stubs.put(house["a1"], text.replace(old, new))
            stubs.write()
        return " ".join(findings(house))

    return broken


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (breaking("file", "raise NotImplementedError", "return 41"), "nothing is left to write"),
        (breaking("file", '"""Answer.', 'import dojo\n"""Answer.'), "it imports dojo"),
        (breaking("file", "def answer(", "def answer(("), "it is no Python"),
        (breaking("file", "__main__", "__test__"), "it has no demo"),
        (breaking("solution", "return 42", "raise NotImplementedError"), "solution raises"),
        (breaking("solution", '"""Answer.', 'from tests.x import y\n"""Answer.'), "imports tests"),
        (breaking("solution", "*, loud=False", "loud=False"), "answer(question, loud=False), but"),
        (breaking("solution", "def answer", "async def answer"), "(async), but in the stub"),
        (breaking("solution", "def answer", "def reply"), "answer of the stub is missing"),
        (breaking("lesson", "# a1 · ", "# A1: "), "its first heading"),
        (breaking("lesson", "## Try it", "## Tries"), "its sections are not"),
        (breaking("lesson", "Hint 3", "Hint 4"), "but Hint 1, Hint 2, Hint 4"),
        (breaking("lesson", "One idea", "One idea" * 3 + " word" * 500), "words before the hints"),
        (breaking("lesson", "a1_one.py", "a9_none.py"), "a9_none.py leads nowhere"),
        (breaking("suite", "test_it_answers", "test_renamed"), "no test test_it_answers"),
        (breaking("suite", "test_from_the_contract", "x"), "no test test_from_the_contract"),
        (breaking("suite", "42", "«what»"), "to be filled in: «what»"),
    ],
)
def test_a_broken_rule_is_named(house, broken, sentence):
    assert sentence in broken(house)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n", 'a line "Caught by: test_…"'),
        ('"""A mistake."""\n', 'a line "Caught by: test_…"'),
        ('"""A mistake.\n\nCaught by: test_nobody\n"""\n', "no test test_nobody"),
        ("def (:\n", "no Python"),
        ('"""No end\n\nCaught by: test_it_answers\n"""\n', "not one whole sentence"),
        ('"""Two\nlines.\n\nCaught by: test_it_answers\n"""\n', "not one whole sentence"),
        (IMPOSTOR.replace("{n}", "1"), "word for word, that of wrong_0.py"),
    ],
)
def test_an_impostor_says_what_is_wrong_and_who_catches_it(house, text, sentence):
    put(house["a1"].impostors / "wrong_0.py", text)
    assert sentence in " ".join(findings(house))


def test_files_of_no_kata_are_named_but_scratch_files_of_learners_are_theirs(house):
    put(places.SOLUTIONS / "a_first" / "a9_gone.py", "")
    put(places.TESTS / "impostors" / "a_first" / "a9_gone" / "x.py", "")
    put(places.KATAS / "a_first" / "scratch.py", "")
    put(places.KATAS / "a_first" / "README.md", "")  # the part tells its story there
    assert findings(house) == ["it belongs to no kata of katas.toml."] * 2
    assert len(findings(house, strict=True)) == 3


def test_ids_are_unique(house):
    text = places.MANIFEST.read_text(encoding="utf-8")
    put(places.MANIFEST, text.replace('id = "a3"', 'id = "a1"'))
    assert any("the id a1 is there 2 times" in sentence for sentence in findings(house))


# -- kata check --write


def test_a_changed_stub_is_shipped(house):
    put(house["a1"].file, house["a1"].file.read_text(encoding="utf-8").replace("think", "ponder"))
    assert list(ship(house.path, list(house.path.katas))) == [
        "a1: its stub is now the shipped one."
    ]
    assert findings(house, strict=True) == []


def test_a_solved_kata_is_never_shipped_as_a_stub(house):
    put(house["a1"].file, SOLUTION)
    before = Pristine().file.read_bytes()
    with pytest.raises(ValueError, match="is it solved"):
        list(ship(house.path, list(house.path.katas)))
    assert Pristine().file.read_bytes() == before


# -- docs/impostors.md


def test_the_page_lists_each_mistake_with_its_tests(house):
    text = IMPOSTOR.replace("Wrong, the {n}th way.", "Takes `a|b` for a_b.")
    put(house["a1"].impostors / "wrong_0.py", text.replace('\n"""\n', '\nHangs: yes\n"""\n'))
    page = impostors.document(house.path)
    row = next(line for line in page.splitlines() if "Takes" in line)
    assert r"Takes `a\|b` for a\_b." in row and "*Hangs.*" in row
    assert "it answers<br>from the contract" in row
    assert "| **all** | 3 | 12 | 6 | 6 |" in page
    assert impostors.COMMAND in page


def test_its_links_lead_somewhere(house):
    targets = re.findall(r"\]\((\.\./[^)]*)\)", impostors.document(house.path))
    assert len(targets) == 3 * (4 + 2 + 2)
    for target in targets:
        assert (impostors.page().parent / target).is_file(), target


def test_a_page_that_is_out_of_date_is_named_until_it_is_made_again(house, capsys):
    put(house["a1"].impostors / "wrong_9.py", IMPOSTOR, n=9)
    assert findings(house) == ["it is out of date: `python -m dojo.impostors` writes it."]
    impostors.main()
    assert findings(house) == []
