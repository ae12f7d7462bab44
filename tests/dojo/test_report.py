"""What a learner reads: sentences, values side by side, pictures, verdicts."""

import textwrap
from types import SimpleNamespace

import pytest

from dojo.about import about
from dojo.compare import compare
from dojo.failures import Failure
from dojo.katas import Curriculum, Kata
from dojo.proofs import Impostor, judge
from dojo.report import explain
from dojo.results import sentence
from dojo.submission import Submission
from dojo.timeline import Span, draw, draw_steps
from dojo.verdicts import Verdicts

KATA = Curriculum().find("a1")


def test_about_lies_nearer_to_right_than_to_wrong():
    assert about(2, not_=4) == 2.9
    assert about(2, not_=4) != 3.1
    assert about(2, not_=4) != 1.5
    assert about(3, not_=2) == 3.4
    assert about(3, not_=2) != 2.9
    assert about(3, not_=2) == 30


def test_the_picture_shows_who_waited_for_whom():
    lines = draw([Span("eat", 0.0, 2.0), Span("play", 2.0, 4.0)])
    assert lines[0].split() == ["0", "1s", "2s", "3s", "4s"]
    eat, play = (line[6:] for line in lines[1:])
    assert eat.count("█") == play.count("█") == 25
    assert play.startswith(" " * 25)


def test_the_picture_tells_running_from_waiting():
    eat = Span("eat", 0.0, 2.0, ((0.0, 0.1), (1.9, 2.0)))
    lines = draw([eat, Span("play", 0.0, 2.0)])
    assert lines[1].count("░") == 46
    assert lines[1][6] == lines[1][-1] == "█"
    assert lines[2].count("█") == 50
    assert lines[3] == "█ runs  ░ waits"


def test_steps_stand_in_the_column_of_their_turn():
    assert draw_steps([("a", "one"), ("bb", "two"), ("a", "three")]) == [
        "a   one       three",
        "bb       two",
    ]


def test_the_picture_of_what_never_ends_is_open():
    assert draw([Span("one", 0.0, 1.0), Span("two", 0.0, None)])[2].endswith("▶")


def test_no_picture_of_what_took_no_time():
    assert draw([Span("one", 0.0, 0.001)]) == []
    assert draw([]) == []


def test_a_picture_of_many_is_cut():
    lines = draw([Span(f"nap {n}", 0.0, 1.0) for n in range(100)])
    assert len(lines) == 12
    assert lines[-1] == "… and 90 more like these"


def test_lists_are_compared_row_by_row():
    assert compare(["a", "c", "b"], ["a", "b", "c"]) == [
        "     expected   got",
        "  0  'a'        'a'",
        "  1  'b'        'c'   <- here",
        "  2  'c'        'b'",
    ]


def test_long_lists_are_shown_where_they_part():
    lines = compare(list(range(1000)), [*range(500), 0, *range(501, 1000)])
    assert len(lines) == 14
    assert lines[4] == "500  0          500   <- here"


def test_short_values_are_compared_on_two_lines():
    assert compare(None, []) == ["expected []", "got      None"]


def test_a_name_is_a_sentence():
    assert sentence("test_two_naps_take_two_seconds[fast]") == "two naps take two seconds (fast)"


def test_a_sentence_needs_no_explanation_by_pytest(tmp_path):
    error = AssertionError("The tasks overlap.\nassert False\n +  where False = f()")
    text = explain(error, Submission(KATA, tmp_path / "a1_serial.py"))
    assert text.startswith("The tasks overlap.\n\nnext: ")


def test_foreign_frames_in_the_output_are_left_out(tmp_path):
    file = tmp_path / "a1_serial.py"
    output = textwrap.dedent(f"""\
        hello
        Traceback (most recent call last):
          File "/elsewhere/harness.py", line 1, in run
            harness()
          File "{file}", line 7, in work
            oops()
        ValueError: oops
        """)
    text = explain(Failure("red"), Submission(KATA, file), output=output)
    assert "harness" not in text
    assert "oops()" in text


def reported(name, when="call", outcome="passed", **facts):
    return SimpleNamespace(
        nodeid=f"tests/a_coroutines/test_a1_serial.py::{name}",
        when=when,
        passed=outcome == "passed",
        failed=outcome == "failed",
        skipped=outcome == "skipped",
        duration=0.1,
        longrepr=("file", 1, "Skipped: needs epoll") if outcome == "skipped" else "why",
        user_properties=[("kata", "a1"), ("tests", 3), *facts.items()],
    )


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ([reported("a"), reported("b")], "passed"),
        ([reported("a"), reported("b", outcome="failed", kind="failed")], "failed"),
        ([reported("a"), reported("b", outcome="failed", kind="ended")], "failed"),
        ([reported("a", outcome="failed", kind="not-written")], "not-written"),
        (
            [reported("a", observation=True), reported("b", outcome="failed", kind="not-written")],
            "not-written",
        ),
        ([reported("a"), reported("b", outcome="failed", kind="not-written")], "failed"),
        (
            [
                reported("a", outcome="failed", kind="failed"),
                reported("b", outcome="failed", kind="timed-out"),
            ],
            "timed-out",
        ),
        ([reported("a", outcome="failed", kind="error")], "error"),
        ([reported("a", outcome="skipped")], "skipped"),
        ([reported("a"), reported("b", outcome="skipped")], "passed"),
        ([reported("a", when="setup")], "error"),
    ],
)
def test_verdicts(reports, verdict):
    verdicts = Verdicts()
    for report in reports:
        verdicts.pytest_runtest_logreport(report)
    (entry,) = verdicts.katas
    assert entry["verdict"] == verdict
    assert {"version", "kata", "verdict", "tests"} == set(entry)
    assert all({"name", "outcome", "message", "seconds"} == set(test) for test in entry["tests"])


def test_a_suite_that_is_a_path_tells_the_step_of_its_first_red_test(monkeypatch):
    kata = Kata("a1", "serial", "One after the other", "a_coroutines", steps=True)
    verdicts = Verdicts()
    monkeypatch.setattr(verdicts, "_curriculum", SimpleNamespace(katas=[kata]))
    for name, place, outcome in (("c", 3, "failed"), ("b", 2, "failed"), ("a", 1, "passed")):
        report = reported(name, outcome=outcome, kind="failed", place=place)
        verdicts.pytest_runtest_logreport(report)
    (entry,) = verdicts.katas
    assert [test["name"] for test in entry["tests"]] == ["a", "b", "c"]
    assert (entry["step"], entry["steps"]) == (2, 3)


def test_a_test_that_did_not_end_is_no_success():
    verdicts = Verdicts()
    verdicts.pytest_runtest_logreport(reported("a", when="setup"))
    (entry,) = verdicts.katas
    assert entry["tests"][0]["outcome"] == "failed"


def test_a_broken_file_is_an_error_in_every_test(tmp_path):
    file = tmp_path / "a1_serial.py"
    file.write_text("def run_serially(:\n", encoding="utf-8")
    tests = judge(KATA, file)
    assert {test["facts"]["kind"] for test in tests} == {"error"}
    sentences = [" ".join(test["message"].split()) for test in tests]  # however it was wrapped
    assert all("is not valid Python" in sentence for sentence in sentences)


def test_an_impostor_must_say_what_is_wrong(tmp_path):
    file = tmp_path / "wrong.py"
    file.write_text('"""Wrong."""', encoding="utf-8")
    with pytest.raises(ValueError, match="Caught by"):
        Impostor.read(file)
