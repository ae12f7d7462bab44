"""`tox -e noise`: the noise is real and within its bounds, nothing of it stays behind, and no false verdict passes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from dojo import noise, pauses
from dojo.katas import Curriculum
from dojo.noise import Case, busy_cores, judge_in_noise, main
from dojo.pauses import Victims
from dojo.process import MARK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGSTOP is POSIX")

A1 = Curriculum().find("a1")
RIGHT = A1.solution.read_text(encoding="utf-8")
SLEEPER = "import time; time.sleep(60)"
JUDGE = f"""
import os, subprocess, sys, time
for mark in sys.argv[1:]:
    subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], env={{**os.environ, {MARK!r}: mark}})
time.sleep(60)
"""


@pytest.fixture
def victims():
    """victims("one", "two"): a judge, and below it a child with each of these marks."""
    judges = []

    def start(*marks):
        judges.append(subprocess.Popen([sys.executable, "-c", JUDGE, *marks]))
        found = Victims(judges[-1].pid)
        eventually(lambda: len(found.marked()) == len(marks))
        return found

    yield start
    for judge in judges:
        Victims(judge.pid).end()
        judge.wait()


def eventually(condition, limit=60):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def stopped(process):
    try:
        return process.status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def peace():
    return noise.processes.RLock()


def test_a_pause_stops_a_process_and_lets_it_go_on(victims):
    (child,) = victims("one").marked()
    pause = threading.Thread(target=pauses._stop, args=(child, 0.3))
    pause.start()
    eventually(lambda: stopped(child))
    pause.join()
    eventually(lambda: not stopped(child))


def test_a_pause_that_is_broken_off_lets_it_go_on(victims):
    (child,) = victims("one").marked()
    with pytest.raises(ValueError, match="negative"):
        pauses._stop(child, -1)
    eventually(lambda: not stopped(child))


def test_judge_and_children_are_all_hit_and_each_child_bears_its_budget_at_most(
    victims, peace, monkeypatch
):
    hit = []
    monkeypatch.setattr(pauses, "_stop", lambda process, seconds: hit.append(process) or seconds)
    found = victims("one", "two")
    for number in range(200):
        found.pause(random.Random(number), peace)
    assert {process.pid for process in hit} == {found._judge.pid, *(p.pid for p in found.marked())}
    assert set(found.spent) == {"one", "two"}
    for spent in found.spent.values():
        assert pauses.BUDGET - pauses.PAUSE[0] < spent <= pauses.BUDGET
    assert sum(found.pauses) == pytest.approx(found.spent["one"])


def test_nobody_is_paused_without_a_child(victims, peace):
    found = victims()
    found.pause(random.Random(1), peace)
    assert not found.pauses


def test_nobody_is_paused_while_the_suite_wants_peace(victims, peace):
    found = victims("one")
    with peace:
        held = threading.Thread(target=found.pause, args=(random.Random(1), peace))
        held.start()
        held.join()
    assert not found.pauses
    found.pause(random.Random(1), peace)
    assert found.pauses


def test_who_was_stopped_already_stays_stopped(victims, peace):
    found = victims("one")
    (child,) = found.marked()
    child.suspend()
    eventually(lambda: stopped(child))
    for number in range(20):
        found.pause(random.Random(number), peace)
    assert stopped(child)


def test_busy_cores_are_busy_and_end_with_the_block():
    with busy_cores(2) as busy:
        probes = [psutil.Process(process.pid) for process in busy]
        eventually(lambda: all(probe.cpu_times().user > 0.2 for probe in probes))
        assert {probe.nice() for probe in probes} == {psutil.Process().nice()}
    assert not any(probe.is_running() for probe in probes)


def test_right_solutions_pass_and_impostors_are_caught():
    impostor = next(iter(sorted(A1.impostors.glob("*.py"))))
    for kind, file in (("reference", A1.solution), ("impostor", impostor)):
        result = judge_in_noise(Case(A1, kind, file), "1")
        assert not result.false, result.false
        assert (result.pauses > 0) == (result.paused > 0)
        assert result.pauses or kind == "impostor"  # whose one test may be too short


COARSE = """
import time
assert not any(n % 15_000_000 for n in (time.monotonic_ns(), time.perf_counter_ns(), time.time_ns()))
"""


def test_the_clocks_are_coarse_in_children_and_in_the_judge(tmp_path):
    file = tmp_path / "planted.py"
    file.write_text(COARSE + RIGHT, encoding="utf-8")
    assert not judge_in_noise(Case(A1, "alternative", file), "1").false
    judge = f"from dojo.pauses import Peace; Peace(None).pytest_configure()\n{COARSE}"
    subprocess.run([sys.executable, "-c", judge], check=True, timeout=60)


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """planted(kind, source): what `main` says and gives when this file is the only one, and its page."""
    page = tmp_path / "noise.md"
    monkeypatch.setattr(noise, "FOLD", 0)

    def run(kind, source, capsys):
        file = tmp_path / "planted.py"
        file.write_text(source, encoding="utf-8")
        monkeypatch.setattr(noise, "cases", lambda *_: [Case(A1, kind, file)])
        code = main(["--seed", "7", "--write", str(page), "a1"])
        return code, capsys.readouterr().out, page.read_text(encoding="utf-8")

    return run


FALSE = {
    "a right solution that is red": ("alternative", "def run_serially(tasks):\n    return []\n"),
    "an impostor that is green": (
        "impostor",
        '"""Right.\n\nCaught by: test_one_second_and_two_seconds_take_about_three\n"""\n' + RIGHT,
    ),
    "an impostor that only crashes": (
        "impostor",
        '"""Wrong.\n\nCaught by: test_one_second_and_two_seconds_take_about_three\n"""\n',
    ),
    "an impostor whose test is not there": (
        "impostor",
        '"""Wrong.\n\nCaught by: test_of_nothing\n"""\n' + RIGHT,
    ),
}


@pytest.mark.parametrize(("kind", "source"), FALSE.values(), ids=list(FALSE))
def test_a_false_verdict_is_told_and_counted(planted, kind, source, capsys):
    code, said, page = planted(kind, source, capsys)
    assert code == 1
    assert "FALSE  a1  " in said and "planted.py" in said
    assert "1 suite runs" in said and "1 with a false verdict" in said
    assert "--seed 7 a1" in said
    assert "1 with a false verdict" in page and "planted.py" in page


def test_without_one_it_ends_with_0(planted, capsys):
    code, said, page = planted("reference", RIGHT, capsys)
    assert code == 0, said
    assert "FALSE" not in said + page
    assert "0 with a false verdict" in page
    assert "tox -e noise -- --seed 7" in page


def test_a_sample_is_a_part_of_each_kata_and_the_same_for_the_same_seed():
    katas = Curriculum().katas
    first, again = (noise.cases(katas, noise.KINDS, 0.1, random.Random("4")) for _ in range(2))
    assert first == again
    assert {(case.kata, case.kind) for case in first} == {
        (k, kind) for k in katas for kind in noise.KINDS
    }
    assert len(first) < 0.25 * len(noise.cases(katas, noise.KINDS, 1.0, random.Random("4")))


def test_exempt_tests_exist():
    for name in pauses.EXEMPT:
        assert any(
            f"def {name}(" in k.suite.read_text(encoding="utf-8") for k in Curriculum().katas
        )


DRIVER = """
from dojo import noise
noise.FOLD = 1
noise.main(["--only", "right", "a1", "a4", "b1"])
"""


@pytest.mark.parametrize(
    "end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name
)
def test_however_the_driver_ends_all_of_it_ends(end):
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER], stdout=subprocess.DEVNULL, start_new_session=True
    )
    root = psutil.Process(driver.pid)
    kin = []

    def under_way():  # busy processes, forkserver, judges, noise-makers, children
        kin[:] = root.children(recursive=True)
        return any(is_marked(process) for process in kin) and any(stopped(p) for p in kin)

    eventually(under_way)
    driver.send_signal(end)
    driver.wait(60)
    _, alive = psutil.wait_procs(kin, timeout=60)
    assert not alive


def is_marked(process):
    try:
        return MARK in process.environ()
    except (psutil.Error, OSError):
        return False
