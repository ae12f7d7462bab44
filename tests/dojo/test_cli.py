"""The commands: what they print, where, and with which exit status."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from dojo import trial as trials
from dojo.cli import main
from dojo.progress import Progress
from dojo.trial import Trial

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture
def kata(house):
    """`kata("test", "a1")` runs the command in the temporary house and gives its result."""

    def call(*arguments, **options):
        return CliRunner().invoke(main, arguments, prog_name="kata", **options)

    return call


def entry(id_, verdict="passed", **tests):
    """One kata's verdict. `tests` by name: "" is green, any other text is the message."""
    listed = [
        {
            "name": name,
            "outcome": "failed" if message else "passed",
            "message": message,
            "seconds": 0.1,
        }
        for name, message in (tests or {"test_it_works": ""}).items()
    ]
    return {"version": 1, "kata": id_, "verdict": verdict, "tests": listed}


@pytest.fixture
def suites(monkeypatch):
    """Stands in for pytest: set `suites.verdicts`, read `suites.asked`."""

    class Suites:
        verdicts = None
        asked = None

        def run(self, katas, target, **options):
            self.asked = [kata.id for kata in katas], target, options
            entries = self.verdicts or [entry(kata.id) for kata in katas]
            for one in entries:
                kata = next(kata for kata in katas if kata.id == one["kata"])
                Progress().record(kata, one["verdict"])
            return Trial(entries)

    suites = Suites()
    monkeypatch.setattr(trials, "run", suites.run)
    return suites


# -- the path


def test_the_path_shows_parts_katas_and_what_is_next(kata, house):
    result = kata()
    assert result.exit_code == 0
    assert "0 of 3 done" in result.output
    assert "First steps" in result.output and "→ a1   Number one" in result.output
    file = os.path.join("katas", "a_first", "a1_one")
    assert f"{file}.md" in result.output
    assert f"{file}.py:10" in result.output
    assert "kata test a1" in result.output


def test_done_katas_are_marked_and_edited_ones_are_not(kata, house):
    Progress().record(house["a1"], "passed")
    Progress().record(house["a3"], "passed")
    house.solve("a1")
    result = kata()
    assert "→ a1   Number one   was green before the last change" in result.output
    assert "✓ a3" in result.output


def test_there_is_joy_at_the_end(kata, house):
    for one in house.path.katas:
        Progress().record(one, "passed")
    assert "Well done!" in kata().output
    assert "Well done!" in kata("test").output


def test_paths_and_commands_fit_the_current_folder(kata, house, monkeypatch):
    monkeypatch.chdir(house.root / "katas")
    output = kata().output
    assert f"write  {os.path.join('a_first', 'a1_one.py')}:10" in output
    assert os.path.join("..", "kata") in output


# -- kata test


def test_without_an_id_the_next_kata_is_tested(kata, house, suites):
    Progress().record(house["a1"], "passed")
    result = kata("test")
    assert suites.asked[0] == ["a3"]
    assert suites.asked[1] == house.root / "katas"
    assert result.exit_code == 0


def test_green_names_the_next_kata_its_file_and_its_lesson(kata, suites):
    result = kata("test", "a1")
    assert "✓ it works" in result.output
    last = result.output.splitlines()[-1]
    assert last.startswith("a1 is green. Next: a3 · Number three") and "a3_three.py:10" in last
    assert "lesson a3" in last


def test_red_shows_the_first_message_whole_and_one_next_step(kata, suites):
    message = "took 4.0 s, expected [about] 2\n\n  eat ████\n\nnext: ./kata hint a1\n"
    tests = {"test_two_naps_overlap[gevent]": message, "test_b": "secret", "test_c": "x"}
    suites.verdicts = [entry("a1", "failed", **tests)]
    result = kata("test", "a1")
    assert result.exit_code == 1
    assert "✗ two naps overlap (gevent)" in result.output
    assert "  took 4.0 s, expected [about] 2\n\n    eat ████\n" in result.output
    assert "2 more are red" in result.output and "secret" not in result.output
    assert result.output.count("hint a1") == 1
    assert "hint a1" in result.output.splitlines()[-1]


def test_a_suite_that_is_a_path_stops_at_the_step_where_the_learner_is(kata, house, suites):
    manifest = house.root / "katas" / "katas.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"Number one"', '"Number one"\n  steps = true'), "utf-8")
    suites.verdicts = [{**entry("a1", "failed", test_a="", test_b="no"), "step": 2, "steps": 7}]
    result = kata("test", "a1")
    assert suites.asked[2]["stop_at_first"]
    assert "You are on step 2 of 7." in result.output
    kata("test", "a1", "--json")
    assert not suites.asked[2]["stop_at_first"], "a program wants them all"
    suites.verdicts = None
    kata("test", "a")
    assert not suites.asked[2]["stop_at_first"], "nor does one kata end the others"


def test_an_unwritten_kata_is_said_once(kata, suites):
    suites.verdicts = [entry("a1", "not-written", test_a="not written", test_b="not written")]
    result = kata("test", "a1")
    assert result.exit_code == 1
    first, _, last = result.output.splitlines()
    assert first.startswith("a1 is not written yet: ") and first.endswith("a1_one.py:10")
    assert "a1_one.md" in last and "test a1" in last


def test_a_file_that_is_no_python_is_explained_once(kata, suites):
    suites.verdicts = [entry("a1", "error", test_a="not valid Python", test_b="not valid Python")]
    result = kata("test", "a1")
    assert result.exit_code == 1
    assert result.output.count("not valid Python") == 1
    assert result.output.splitlines()[-1].startswith("Next: mend that, then ")


def test_several_run_in_path_order_and_in_parallel(kata, suites):
    kata("test", "b1", "a")
    assert suites.asked[0] == ["a1", "a3", "b1"]
    assert suites.asked[2]["workers"] == trials.at_once()
    kata("test", "b1")
    assert suites.asked[2]["workers"] == 0


@pytest.mark.parametrize("name", ["a", "a_first", "katas/a_first/", "a1 a3"])
def test_a_part_is_all_of_its_katas(kata, suites, name):
    kata("test", *name.split())
    assert suites.asked[0] == ["a1", "a3"]


@pytest.mark.parametrize(
    "name", ["a1", "A1", "a1_one", "katas/a_first/a1_one.py", "tests/a_first/test_a1_one.py"]
)
def test_a_kata_has_many_names(kata, suites, name):
    assert kata("test", name).exit_code == 0
    assert suites.asked[0] == ["a1"]


def test_json_is_one_object_per_kata_and_nothing_else(kata, suites):
    suites.verdicts = [entry("a1", "failed", test_a="ä █"), entry("a3")]
    result = kata("test", "a", "--json")
    assert result.exit_code == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == suites.verdicts
    assert result.stdout.isascii()


def test_what_was_measured_is_told(kata, suites):
    suites.verdicts = [entry("a1")]
    suites.verdicts[0]["tests"][0]["note"] = "a client costs 20 KiB"
    lines = kata("test", "a1").output.splitlines()
    at = next(n for n, line in enumerate(lines) if "it works" in line)
    assert lines[at + 1].strip() == "a client costs 20 KiB"


def test_json_stays_empty_when_all_is_done(kata, house):
    for one in house.path.katas:
        Progress().record(one, "passed")
    result = kata("test", "--json")
    assert result.stdout == "" and result.exit_code == 0


def test_another_tree_is_tested_whole(kata, house, suites):
    result = kata("test", "--target", "solutions")
    assert suites.asked[:2] == (["a1", "a3", "b1"], house.root / "solutions")
    assert "All green in solutions." in result.output


def test_a_file_tells_by_its_name_which_kata_it_is(kata, house, suites):
    kata("test", "--target", str(house["a3"].solution))
    assert suites.asked[0] == ["a3"]
    result = kata("test", "a1", "a3", "--target", str(house["a3"].solution))
    assert result.exit_code == 2 and "one file" in result.stderr


def test_stop_at_first_is_passed_on(kata, suites):
    kata("test", "a", "-x")
    assert suites.asked[2]["stop_at_first"]


def test_an_interrupted_run_is_one_sentence(kata, monkeypatch):
    def stopped(*_, **__):
        raise trials.Stopped

    monkeypatch.setattr(trials, "run", stopped)
    result = kata("test", "a1")
    assert result.exit_code == 2
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1


def test_a_missing_suite_is_one_sentence(kata, house):
    house["a1"].suite.unlink()
    result = kata("test", "a1")
    assert result.exit_code == 2 and "a1 has no suite" in result.stderr


# -- misuse

LAUNCHER = "py kata" if os.name == "nt" else "./kata"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["test", "a2"], "did you mean a"),
        (["test", "oter"], "did you mean b1?"),
        (["lesson", "zzz"], f"no kata 'zzz': `{LAUNCHER}` lists them all."),
        (["test", "--target", "nowhere"], "--target nowhere"),
        (["tset"], "did you mean"),
        (["a1"], "kata test a1"),
        (["qqq"], "--help"),
        (["hint"], "Missing argument"),
        (["test", "--jsn"], "No such option"),
        (["new", "z", "z1", "x"], "There is no part 'z'"),
    ],
)
def test_misuse_is_explained_with_exit_status_2(kata, arguments, sentence):
    result = kata(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == "" and "Traceback" not in result.stderr


def test_a_damaged_list_of_katas_is_one_sentence(kata, house):
    (house.root / "katas" / "katas.toml").write_text("[[", encoding="utf-8")
    result = kata()
    assert result.exit_code == 2 and "katas.toml cannot be read" in result.stderr


# -- hint, lesson


def test_each_call_gives_one_more_hint_then_the_lesson(kata, house):
    outputs = [kata("hint", "a1").output for _ in range(4)]
    assert ["Nudge" in text for text in outputs] == [True] * 4
    assert ["Push" in text for text in outputs] == [False, True, True, True]
    assert ["Shove" in text for text in outputs] == [False, False, True, True]
    assert ["The idea" in text for text in outputs] == [False, False, False, True]
    assert Progress().hints(house["a1"]) == 3


def test_a_piped_lesson_is_its_source(kata, house):
    text = house["a1"].lesson.read_text(encoding="utf-8")
    assert kata("lesson", "a1").stdout.rstrip() == text.rstrip()


@pytest.mark.parametrize("command", ["lesson", "hint"])
def test_a_missing_lesson_is_one_sentence(kata, house, command):
    house["a1"].lesson.unlink()
    result = kata(command, "a1")
    assert result.exit_code == 2 and "a1_one.md is missing" in result.stderr


# -- run


def run(house, *arguments):
    """`kata run` in a process of its own, whose output the kata shares."""
    code = (
        f"import sys; sys.path[0] = {ROOT!r};"
        "from pathlib import Path; from dojo import katas as p; root = Path.cwd();"
        "p.ROOT, p.KATAS = root, root / 'katas';"
        "p.MANIFEST = root / 'katas' / 'katas.toml';"
        "from dojo.cli import main; main(prog_name='kata')"
    )
    command = [sys.executable, "-c", code, "run", *arguments]
    return subprocess.run(command, cwd=house.root, capture_output=True, text=True, timeout=60)


def test_run_shows_the_demo(house):
    house.solve("a1")
    result = run(house, "a1")
    assert (result.returncode, result.stdout) == (0, "42\n")


def test_a_stub_is_not_written_yet(house):
    result = run(house, "a1")
    assert result.returncode == 1
    assert result.stderr.startswith("a1 is not written yet: ") and "Traceback" not in result.stderr


def test_run_is_a_program_like_any_other(house):
    house["a1"].file.write_text(
        "import sys, __main__\n"
        "print(__name__, __main__.__file__ == __file__, sys.argv[1:], sys.path[0])\n"
        "print('threading' in sys.modules, 'dojo' in sys.modules)\n",
        encoding="utf-8",
    )
    result = run(house, "a1", "--", "x", "--y")
    folder = house["a1"].file.parent
    assert result.stdout == f"__main__ True ['x', '--y'] {folder}\nFalse False\n"


def test_a_traceback_begins_in_the_kata(house):
    house["a1"].file.write_text("def f():\n    1 / 0\n\n\nf()\n", encoding="utf-8")
    result = run(house, "a1")
    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stderr and "rehearsal" not in result.stderr


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("import sys; sys.exit(7)", 1),
        ("import sys; sys.exit()", 0),
        ("import os; os._exit(3)", 1),
        ("def (:", 1),
        ("raise KeyboardInterrupt", 0),
    ],
)
def test_run_leaves_with_0_or_1(house, text, status):
    house["a1"].file.write_text(text + "\n", encoding="utf-8")
    assert run(house, "a1").returncode == status


def test_a_not_implemented_error_from_elsewhere_is_an_error(house):
    house["a1"].file.write_text(
        "import socket\nsocket.socket.family\nimport io\nio.IOBase().fileno()\n"
        "import numbers\nimport ast\nast.NodeVisitor()\nimport asyncio\n"
        "asyncio.AbstractEventLoop().run_forever()\n",
        encoding="utf-8",
    )
    assert "not written yet" not in run(house, "a1").stderr


def test_a_missing_file_cannot_run(house):
    house["a1"].file.unlink()
    result = run(house, "a1")
    assert result.returncode == 2 and "is missing" in result.stderr


# -- solution, diff, reset


def test_the_solution_of_a_red_kata_needs_a_yes(kata, house):
    result = kata("solution", "a1")
    assert result.exit_code == 2 and "--yes" in result.stderr and "return 42" not in result.output
    assert "return 42" in kata("solution", "a1", "--yes").stdout
    Progress().record(house["a1"], "passed")
    assert "return 42" in kata("solution", "a1").stdout


def test_diff_compares_yours_with_the_reference(kata, house):
    result = kata("diff", "a1")
    assert result.exit_code == 0
    assert "-    raise NotImplementedError\n+    return 42\n" in result.output
    assert result.output.startswith(f"--- {os.path.join('katas', 'a_first', 'a1_one.py')}\n")
    house["a1"].file.write_bytes(house["a1"].solution.read_bytes())
    assert kata("diff", "a1").stdout == ""


def test_reset_names_the_backup(kata, house):
    house.solve("a1")
    result = kata("reset", "a1")
    (backup,) = (house.root / ".dojo" / "backups").iterdir()
    assert result.exit_code == 0 and os.path.relpath(backup) in result.output
    assert "already" in kata("reset", "a1").output


def test_reset_without_a_shipped_stub_is_one_sentence(kata, house):
    (house.root / "dojo" / "pristine.json").unlink()
    result = kata("reset", "a1")
    assert result.exit_code == 2 and "nothing was changed" in result.stderr


# -- verify, new, check


def test_verify_proves_the_solutions_in_parallel(kata, house, suites):
    result = kata("verify")
    assert suites.asked[:2] == (["a1", "a3", "b1"], house.root / "solutions")
    assert suites.asked[2]["workers"] == trials.at_once()
    assert result.exit_code == 0
    assert "3 of 3 reference solutions are green" in result.output


def test_verify_shows_what_is_red(kata, house, suites):
    suites.verdicts = [entry("a1", "failed", test_a="too slow"), entry("a3"), entry("b1")]
    result = kata("verify")
    assert result.exit_code == 1
    assert "too slow" in result.output and "2 of 3" in result.output


def test_new_and_check(kata, house):
    assert kata("check").exit_code == 0
    result = kata("new", "a", "a2", "two")
    assert result.exit_code == 0 and "a2_two.py" in result.output
    result = kata("check")
    assert result.exit_code == 1 and ".md:5: to be filled in" in result.output
    house.solve("a3")
    assert kata("check", "a3").exit_code == 0
    assert "note: edited stub" in kata("check", "a3").output
    assert kata("check", "a3", "--strict").exit_code == 1


# -- consoles


def test_a_console_without_the_signs_gets_plain_ones(house):
    code = (
        "from dojo.console import say; import click; say(click.style('✓ a → b · █ …', fg='green'))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        env=dict(os.environ, PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        timeout=60,
    )
    assert result.stdout.decode("ascii").strip() == "+ a > b - # ..."


# -- for real: pytest, the plugin and the suites of this repository


@pytest.fixture
def real(tmp_path):
    """`real("a2", text)` tests `text` as that kata and gives the finished `kata test --json`."""

    def test(id_, text, *options):
        file = tmp_path / "submission.py"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "dojo", "test", id_, "--target", str(file), *options]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    return test


def test_a_real_suite_on_a_stub(real):
    text = "def eat_and_play(name, log):\n    raise NotImplementedError\n"
    result = real("b1", text)
    assert result.returncode == 1
    assert "b1 is not written yet: " in result.stdout
    (line,) = real("b1", text, "--json").stdout.splitlines()
    assert json.loads(line)["verdict"] == "not-written"


def test_a_real_suite_on_a_wrong_answer(real):
    result = real("b1", "def eat_and_play(name, log):\n    log.append('nothing')\n")
    assert result.returncode == 1
    assert "✗" in result.stdout and "hint b1" in result.stdout.splitlines()[-1]
    assert "Traceback" not in result.stdout + result.stderr


def test_trace_draws_who_did_what_when():
    command = [sys.executable, "-m", "dojo", "trace", "b1", "--target", "solutions"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    assert "greenlet 1  Ada eat 1              Ada eat 2" in done.stdout


def test_trace_of_a_kata_without_a_picture_says_so():
    command = [sys.executable, "-m", "dojo", "trace", "d6", "--target", "solutions"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert "d6 has no picture" in done.stderr
