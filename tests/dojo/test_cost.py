"""`kata cost`: what it measures, whom it passes over, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from dojo import cost, growth, limits, models
from dojo.cli import main
from dojo.katas import ROOT, Curriculum
from dojo.load import ANSWER, Load, percentile
from dojo.models import Entry, Model
from dojo.servers import Server
from dojo.submission import Submission

PATH = Curriculum()


@pytest.fixture
def kata():
    """`kata("cost", …)` runs the command here and gives its result."""
    return lambda *arguments: CliRunner().invoke(main, arguments, prog_name="kata")


def field(*ids):
    return models.field(PATH, [PATH.find(id_) for id_ in ids], lambda kata: kata.solution)


def quiet(_):
    pass


# -- who takes part


def test_the_table_of_servers_names_katas_of_the_path_or_of_the_curriculum():
    assert {"c2", "c6", "d2", "d6", "b9"} <= {model.id for model in models.models(PATH)}
    for model in models.models(PATH):
        assert model.name and model.grows >= 900


def test_a_server_that_is_not_in_the_path_is_passed_over(monkeypatch):
    monkeypatch.setitem(PATH.servers, "x1", {"model": "magic"})
    found = models.field(PATH, None, lambda kata: kata.solution)
    assert found.passed_over["x1"] == "not in the path yet"
    assert "d6" in [entry.model.id for entry in found.entries]


def test_a_server_that_is_not_written_is_passed_over():
    found = models.field(PATH, [PATH.find("d6")], lambda kata: kata.file.with_name("missing.py"))
    assert found.passed_over == {"d6": "not written yet"}


def test_a_mechanism_that_this_system_lacks_is_passed_over(monkeypatch):
    monkeypatch.setitem(PATH.servers, "d6", {"model": "devices", "needs": "no_such_call"})
    assert field("d6").passed_over == {"d6": "this system has no no_such_call"}


def test_select_is_never_asked_to_hold_more_than_900():
    (d2,) = (model for model in models.models(PATH) if model.id == "d2")
    assert d2.may_have(5000) == 900 and d2.grows <= 900


# -- what is measured


def test_the_models_differ_as_the_lessons_say(monkeypatch):
    monkeypatch.setattr(cost, "ROUNDS", 4)
    monkeypatch.setattr(cost, "SILENCE", 0.4)
    found = cost.measure(field("c2", "c6", "d2", "d6"), 300, quiet)
    c2, c6, d2, d6 = found
    assert c2.held == 1 < c2.came
    assert [c6.held, d2.held, d6.held] == [300, 300, 300]
    assert c6.idle_percent > 10 * max(c2.idle_percent, d2.idle_percent, d6.idle_percent, 0.1)
    assert c6.cpu > d6.cpu and d2.cpu > 1.5 * d6.cpu
    assert c2.memory is None
    assert 0 <= d6.memory < 5000
    for one in found:
        assert 0 < one.latency_median <= one.latency_99
    lines = "\n".join(cost.text(found, 300))
    assert "c2 holds one client" in lines and "the others wait until it leaves" in lines
    assert "c6 non-blocking  █" in lines


@pytest.fixture
def serve(tmp_path):
    """`serve(source)` is an Entry with this source."""

    def entry(source):
        file = tmp_path / "d6_selectors_server.py"
        file.write_text(source, encoding="utf-8")
        return Entry(Model("d6", "mine"), Submission(PATH.find("d6"), file))

    return entry


def measured(entry, clients=10):
    found = models.Field()
    found.entries.append(entry)
    return cost.measure(found, clients, quiet), found


def test_who_is_asked_for_fewer_than_the_crowd_is_named():
    one = cost.Cost("d2", "select", 900, 900, 900, 300.0, 0.0, 1.0, 1.0, 1.0)
    assert cost.notes([one], 900) == []
    assert cost.notes([one], 2000) == [
        "* d2 was asked to hold 900: select takes no descriptor from 1,024 on."
    ]


def test_a_server_that_dies_is_a_failure_by_name(serve):
    costs, found = measured(serve("def serve(listener):\n    listener.accept()\n    1 / 0"))
    assert costs == []
    assert "ZeroDivisionError" in found.failed["d6"]


def test_a_server_that_answers_wrongly_is_a_failure(serve):
    source = (
        "def serve(listener):\n    c, _ = listener.accept()\n"
        "    while d := c.recv(64):\n        c.sendall(d)"
    )
    _, found = measured(serve(source), clients=1)
    assert "heard b'abc" in found.failed["d6"]


def test_a_stub_is_not_written_and_no_failure(serve):
    costs, found = measured(serve("def serve(listener):\n    raise NotImplementedError"))
    assert costs == [] and found.failed == {}
    assert found.passed_over == {"d6": "not written yet"}


def test_clients_that_are_turned_away_are_not_held(serve):
    source = (
        "import threading\n"
        "def talk(client):\n    while d := client.recv(64):\n        client.sendall(d.upper())\n"
        "def serve(listener):\n    held = 0\n    while True:\n        c, _ = listener.accept()\n"
        "        held += 1\n"
        "        threading.Thread(target=talk, args=[c]).start() if held <= 7 else c.close()\n"
    )
    costs, found = measured(serve(source), clients=20)
    assert not found.failed
    assert costs[0].held == 7 and costs[0].came == 20
    assert "d6 answered 7 of the 20 clients that had come" in "\n".join(cost.notes(costs, 20))


def test_an_answer_in_pieces_is_whole(serve):
    source = (
        "import time\ndef serve(listener):\n    c, _ = listener.accept()\n"
        "    while d := c.recv(64):\n        for b in d.upper():\n            c.send(bytes([b]))\n"
    )
    server = serve(source).start(1)
    load = Load(server)
    try:
        load.invite(1)
        assert len(load.held) == 1
        assert len(load.talk(3)) == 3
    finally:
        load.leave()
        server.child.end()


def test_the_load_says_sixty_four_bytes():
    assert len(ANSWER) == 64


def test_a_percentile_is_one_of_the_values():
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(100), 99) == 99
    assert percentile([5], 99) == 5


# -- growth


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="needs a fine clock")
def test_select_pays_for_silent_clients_and_the_best_mechanism_does_not():
    d2, d6 = growth.measure(field("d2", "d6"), (20, 900), quiet, rounds=3)
    assert set(d2.fastest) == {20, 900}
    assert d2.factor > 3
    assert d2.fastest[900] > 3 * d6.fastest[900]
    for size in (20, 900):
        assert d2.fastest[size] <= d2.median[size]


def test_a_server_of_one_client_cannot_grow():
    found = field("c2")
    assert growth.measure(found, (20,), quiet, rounds=1) == []
    assert found.passed_over == {"c2": "answers 1 of 20 clients that come at the same time"}


def test_too_few_descriptors_leave_sizes_out_by_name(monkeypatch):
    if limits.resource is None:
        pytest.skip("needs the module resource")
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (4000, 4000))
    sizes, missing = growth.possible(field("d2"))
    assert sizes == (20, 200, 900) and missing == ""
    sizes, missing = growth.possible(field("d6"))
    assert sizes == (20, 200, 900, 2000)
    assert missing == (
        "Left out: 8,000 clients. The whole needs 11,420 open descriptors, the hard limit is 4,000:"
        " raise it (ulimit -Hn 11420)."
    )


# -- the command


def test_one_json_object_and_nothing_else(kata):
    result = kata("cost", "d6", "--clients", "30", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["version"] == 1 and data["clients"] == 30
    assert data["passed_over"] == {} and data["failed"] == {}
    (server,) = data["servers"]
    assert set(server) == {
        *("kata", "model", "asked", "held", "memory_bytes", "idle_percent"),
        *("cpu_us", "latency_median_us", "latency_99_us"),
    }
    assert (server["kata"], server["asked"], server["held"]) == ("d6", 30, 30)


def test_the_text_says_what_each_column_means_and_the_picture_is_drawn(kata, tmp_path):
    file = tmp_path / "cost.svg"
    result = kata("cost", "d6", "--clients", "20", "--svg", str(file))
    assert result.exit_code == 0, result.output
    first, *_ = result.stdout.splitlines()
    assert (
        first == "What a waiting client costs: the reference servers, one after another, "
        "each with the same crowd of 20."
    )
    for column in ("clients", "memory", "idle", "message", "latency"):
        assert f"\n  {column} " in result.stdout
    assert "ratios hold on any machine" in result.stdout
    assert file.read_text(encoding="utf-8").startswith("<svg ")


def test_a_learners_own_server_is_measured(kata, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(PATH.find("d6").solution.read_text(encoding="utf-8"), encoding="utf-8")
    result = kata("cost", "d6", "--target", str(file), "--clients", "10")
    assert result.exit_code == 0, result.output
    assert "the servers of " in result.stdout and "mine.py" in result.stdout


def test_a_server_that_fails_ends_with_1(kata, tmp_path):
    file = tmp_path / "d6_selectors_server.py"
    file.write_text("def serve(listener):\n    raise KeyError('oops')\n", encoding="utf-8")
    result = kata("cost", "--target", str(file), "--clients", "10")
    assert result.exit_code == 1
    assert "d6 failed: serve(listener) raised KeyError: 'oops'" in result.stderr


def test_nothing_to_measure_ends_with_1(kata, tmp_path):
    file = tmp_path / "d6_selectors_server.py"
    file.write_text("def serve(listener):\n    raise NotImplementedError\n", encoding="utf-8")
    result = kata("cost", "--target", str(file), "--clients", "10")
    assert result.exit_code == 1
    assert "Not measured: d6 (not written yet)." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["d22"], "There is no kata 'd22': did you mean d2?"),
        (["a1"], "a1 has no server that `kata cost` could measure"),
        (["--growth", "--table"], "give one of them"),
        (["d2", "--table"], "it takes no ID"),
        (["--table", "--clients", "5"], "--clients goes with neither"),
        (["--target", "nowhere"], "there is no such folder or file"),
        (["d2", "d6", "--target", "solutions/d_multiplexing/d6_selectors_server.py"], "one kata"),
        (["--svg", "no/such/folder/cost.svg"], "there is no such folder"),
        (["--clients", "none"], "not a valid integer range"),
    ],
)
def test_misuse_is_one_sentence_and_2(kata, arguments, sentence):
    result = kata("cost", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_crowd_that_the_machine_does_not_allow_is_refused_with_the_cure(kata, monkeypatch):
    if limits.resource is None:
        pytest.skip("needs the module resource")
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (500, 500))
    result = kata("cost", "d6")
    assert result.exit_code == 2
    assert "900 clients: that needs 1,200 open descriptors, the hard limit is 500" in result.stderr
    assert "--clients" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
@pytest.mark.parametrize("what", [[], ["--growth"]])
def test_ctrl_c_leaves_no_process(what):
    before = set(children())
    run = subprocess.Popen(
        [sys.executable, "-m", "dojo", "cost", "c6", *what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 20
    while not (started := set(children()) - before - {run.pid}) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    assert started, "a server was started"
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=20)
    assert run.returncode == 2
    assert "Stopped." in said
    deadline = time.monotonic() + 5
    while (left := started & set(children())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def children():
    import psutil

    return [
        process.pid
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    ]


def test_a_server_can_be_stopped_and_resumed_between_two_rounds():
    (entry,) = field("d6").entries
    with growth._crowded(entry, 20) as load:
        process = growth._process(load.server)
        deadline = time.monotonic() + 5
        while process.status() != "stopped" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.status() == "stopped"
        process.resume()
        assert len(load.talk(5, speakers=3)) == 5
    assert isinstance(load.server, Server)
