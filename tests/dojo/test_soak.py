"""`tox -e soak`: a server that leaks, corrupts, dies, hangs or spins does not survive it."""

import pytest

from dojo import mob
from dojo.katas import Curriculum
from dojo.soak import Outcome, lacking, main, servers, soak

# A thread each: little to get wrong, so that each mistake below stands alone.
SERVER = """
import socket, threading

kept = []

def serve(listener):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=talk, args=(client,), daemon=True).start()

def talk(client):
    try:
        while data := client.recv(65536):
            client.sendall(data.upper())
    except OSError:
        pass
    client.close()
"""


@pytest.fixture
def soaked(tmp_path, monkeypatch):
    """soaked(source): the outcome of a short soak of this server."""

    def run(source: str, seconds: float = 2.0, kata: str = "d6") -> Outcome:
        monkeypatch.setattr(mob, "PATIENCE", 3.0)
        monkeypatch.setattr("dojo.soak.AFTERWARDS", 3.0)
        file = tmp_path / "server.py"
        file.write_text(source, encoding="utf-8")
        return soak(Curriculum().find(kata), file, seconds, seed=1)

    return run


def test_a_right_server_survives_and_has_its_line(soaked):
    outcome = soaked(SERVER)
    assert not outcome.failure, outcome.failure
    for word in ("d6_selectors_server", "clients", "MiB heard", "sockets 1", "memory", "idle"):
        assert word in outcome.line


@pytest.mark.parametrize("kata", ["c2", "d6", "b9"])
def test_references_survive(kata):
    outcome = soak(Curriculum().find(kata), Curriculum().find(kata).solution, 1.0, seed=2)
    assert not outcome.failure, outcome.failure


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        pytest.param(
            "        pass",
            "        kept.append(client)\n        return",
            "sockets and",
            id="leaks_sockets",
        ),
        pytest.param(
            "            client.sendall(data.upper())",
            "            client.sendall(data.upper())\n            kept.append(data * 4)",
            "Its memory has grown",
            id="leaks_memory",
        ),
        pytest.param(
            "    client.close()",
            "    client.close()\n    threading.Event().wait()",
            "threads",
            id="leaks_threads",
        ),
        pytest.param(
            "            client.sendall(data.upper())",
            "            client.sendall(data.upper().replace(b'\\x00', b'0'))",
            "heard a wrong answer",
            id="corrupts",
        ),
        pytest.param(
            "            client.sendall(data.upper())",
            "            client.settimeout(0); client.send(data.upper()); client.settimeout(None)",
            "",
            id="forgets_the_rest",
        ),
        pytest.param(
            "    except OSError:\n        pass",
            "    except OSError:\n        import os; os._exit(3)",
            "exit code 3",
            id="dies_with_a_reset_client",
        ),
        pytest.param(
            "threading.Thread(target=talk, args=(client,), daemon=True).start()",
            "talk(client)",
            "",
            id="hangs_with_a_client",
        ),
        pytest.param(
            "while data := client.recv(65536):",
            "for _ in range(5):\n            data = client.recv(65536)",
            "was let go",
            id="lets_go_of_who_has_said_no_goodbye",
        ),
        pytest.param(
            "def serve(listener):",
            "def spin():\n    while True: pass\n\n"
            "def serve(listener):\n    threading.Thread(target=spin, daemon=True).start()",
            "of a core",
            id="spins",
        ),
        pytest.param(
            "    while True:\n        client, _ = listener.accept()",
            "    for _ in range(50):\n        client, _ = listener.accept()",
            "serve(listener) returned",
            id="returns",
        ),
    ],
)
def test_a_server_that_does_something_wrong_is_caught(soaked, right, wrong, told):
    assert right in SERVER
    outcome = soaked(SERVER.replace(right, wrong))
    assert "FAILED" in outcome.line
    assert told in outcome.failure.replace("\n", " "), outcome.failure


def test_what_this_system_lacks_is_named(tmp_path):
    file = tmp_path / "server.py"
    file.write_text("import select\nselect.select, select.no_such_watcher\n", encoding="utf-8")
    assert lacking(file) == "select.no_such_watcher"
    file.write_text("import select\nselect.select\n", encoding="utf-8")
    assert lacking(file) == ""


def test_the_servers_are_found_by_their_suites():
    found = [kata.id for kata in servers()]
    assert {"b9", "c2", "c6", "d2", "d6"} <= set(found)
    assert not {"a1", "b1"} & set(found)


def test_a_kata_that_is_no_server_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["a1"])
    assert ended.value.code == 2
    assert "a1 is no server" in capsys.readouterr().err


def test_the_same_seed_brings_the_same_clients():
    def clients(seed):
        crowd = [mob.Stranger(Stage(seed), number) for number in range(50)]
        drawn = [(one.manner, one.message(100)) for one in crowd]
        for one in crowd:
            one.vanish()
        return drawn

    class Stage:
        def __init__(self, seed):
            self.seed = seed

    assert clients(7) == clients(7)
    assert clients(7) != clients(8)


def test_a_failure_ends_with_the_command_that_repeats_it(tmp_path, capfd):
    file = tmp_path / "c_io_models" / "c2_blocking_server.py"
    file.parent.mkdir()
    file.write_text("def serve(listener):\n    listener.accept()\n", encoding="utf-8")
    code = main(["c2", "--seconds", "1", "--seed", "5", "--target", str(tmp_path)])
    said = capfd.readouterr().out
    assert code == 1
    assert "seed 5, 1 s" in said
    assert "serve(listener) returned" in said
    assert "again: tox -e soak -- --seed 5 --seconds 1 c2" in said
