"""`tox -e soak`: a server that leaks, corrupts, dies, hangs or spins does not survive it."""

import sys

import pytest

from dojo import mob
from dojo.katas import Curriculum
from dojo.soak import Outcome, Terms, lacking, main, servers, soak

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
    """soaked(source): the outcome of a short soak of this server. A wrong one needs no patience."""

    def run(source: str, patience: float = 20.0) -> Outcome:
        monkeypatch.setattr(mob, "PATIENCE", patience)
        monkeypatch.setattr("dojo.soak.AFTERWARDS", patience)
        file = tmp_path / "server.py"
        file.write_text(source, encoding="utf-8")
        return soak(Curriculum().find("d6"), file, 2.0, seed=1)

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
    outcome = soaked(SERVER.replace(right, wrong), patience=3.0)
    assert "FAILED" in outcome.line
    assert told in outcome.failure.replace("\n", " "), outcome.failure


CHAT = """
import socket, threading

lock = threading.Lock()
room = {}

def serve(listener, max_line=1024, max_backlog=65536):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=talk, args=(client, max_line), daemon=True).start()

def talk(client, most):
    nick = None
    try:
        for line in lines(client, most):
            if len(line) > most:
                client.sendall(b"LINE TOO LONG\\n")
                break
            if nick is not None:
                tell(nick, nick + b": " + line + b"\\n")
            elif not line or b" " in line:
                client.sendall(b"BAD NICK\\n")
                break
            else:
                nick = line
                with lock:
                    room[nick] = client
                tell(nick, b"* " + nick + b" joined\\n")
    except OSError:
        pass
    with lock:
        room.pop(nick, None)
    client.close()

def lines(client, most):
    rest = b""
    while True:
        data = client.recv(65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\\n")
        yield from whole
        if len(rest) > most:
            yield rest

def tell(speaker, line):
    with lock:
        for nick, client in list(room.items()):
            if nick != speaker:
                try:
                    client.send(line, socket.MSG_DONTWAIT)
                except OSError:
                    del room[nick]  # it does not read, or is gone
"""


not_windows = pytest.mark.skipif(sys.platform == "win32", reason="this chat needs MSG_DONTWAIT")


@pytest.fixture
def chat(soaked, monkeypatch):
    """The same for a chat: nothing but its `serve` says that it is one."""
    terms = Terms(frozenset(), False, ("listener", "max_line", "max_backlog"))
    monkeypatch.setattr(Terms, "read", lambda kata: terms)
    return soaked


@not_windows
def test_a_right_chat_survives(chat):
    outcome = chat(CHAT)
    assert not outcome.failure, outcome.failure


@not_windows
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        pytest.param("BAD NICK", "NO", "expected b'BAD NICK", id="says_something_else"),
        pytest.param(
            "            if nick != speaker:",
            "            if False:",
            "only b''",
            id="tells_nobody",
        ),
        pytest.param(
            "    client.close()",
            "    import os; os._exit(3)",
            "exit code 3",
            id="dies_with_a_client",
        ),
    ],
)
def test_a_chat_that_does_something_wrong_is_caught(chat, right, wrong, told):
    assert right in CHAT
    outcome = chat(CHAT.replace(right, wrong), patience=3.0)
    assert told in outcome.failure.replace("\n", " "), outcome.failure


RELAY = """
import socket, threading

def serve(listener, upstream):
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(upstream)
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=pump, args=(one, other), daemon=True).start()

def pump(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
"""


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("", "", None),
        ("        other.shutdown(socket.SHUT_WR)", "        one.close()", ""),
        ("other.sendall(data)", "other.sendall(data[:-1])", ""),
    ],
    ids=["right", "passes_no_half_close_on", "loses_bytes"],
)
def test_a_relay_is_soaked_before_an_echo(soaked, monkeypatch, right, wrong, told):
    terms = Terms(frozenset(), False, ("listener", "upstream"))
    monkeypatch.setattr(Terms, "read", lambda kata: terms)
    outcome = soaked(RELAY.replace(right, wrong), patience=20.0 if told is None else 3.0)
    assert bool(outcome.failure) == (told is not None), outcome.failure


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
