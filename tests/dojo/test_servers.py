"""The fixtures `server` and `crowd`: what a server does wrong is told by name, and nothing outlives its test."""

import sys
import time

import psutil
import pytest

from dojo import limits
from dojo.crowd import Crowd, mismatch
from dojo.failures import Ended, Failure, NotWritten, TimedOut
from dojo.katas import Curriculum
from dojo.mechanism import waits_in
from dojo.report import explain
from dojo.servers import Servers
from dojo.submission import Submission

ECHO = """
def serve(listener):
    while True:
        connection, _ = listener.accept()
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except ConnectionResetError:
            pass
        connection.close()
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux' /proc")


@pytest.fixture
def serve(tmp_path):
    """`serve(source, …)` starts a server with this source; all are ended with the test."""
    started = []

    def start(source, **options):
        file = tmp_path / "c2_blocking_server.py"
        file.write_text(source, encoding="utf-8")
        servers = Servers(Submission(Curriculum().find("c2"), file))
        started.append(servers)
        return servers(**options)

    yield start
    for servers in started:
        servers.end()


def fails(kind, action):
    with pytest.raises(Failure) as caught:
        action()
    assert type(caught.value) is kind, caught.value
    return caught.value


def test_clients_talk_to_a_real_server(serve):
    with Crowd(serve(ECHO), clients=1) as people:
        assert people[0].ask(b"hello") == b"HELLO"
        assert people.ask([b"again"]) == [b"AGAIN"]


def test_the_listener_is_blocking_and_bound_to_loopback(serve):
    source = (
        "def serve(listener):\n    c, _ = listener.accept()\n"
        "    c.sendall(repr((listener.gettimeout(), listener.getsockname()[0])).encode())\n"
        "    listener.accept()\n"
    )
    with Crowd(serve(source), clients=1) as people:
        assert people[0].hear(19) == b"(None, '127.0.0.1')"


def test_arguments_reach_serve(serve):
    source = (
        "def serve(listener, nap):\n    c, _ = listener.accept()\n"
        "    c.sendall(str(nap).encode())\n    listener.accept()"
    )
    with Crowd(serve(source, nap=0.5), clients=1) as people:
        assert people[0].hear(3) == b"0.5"


def test_an_exception_is_the_reason_whatever_the_client_saw(serve):
    server = serve("def serve(listener):\n    listener.accept()\n    raise KeyError('oops')")
    with pytest.raises(Failure) as caught, Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
    assert "serve(listener) raised KeyError: 'oops'" in str(caught.value)
    assert caught.value.places[-1].line == 3


def test_an_exception_after_the_last_answer_is_noticed(serve):
    server = serve(
        "def serve(listener):\n    c, _ = listener.accept()\n    c.sendall(c.recv(10).upper())\n    1 / 0"
    )

    def talk():
        with Crowd(server, clients=1) as people:
            people[0].ask(b"hello")
            time.sleep(0.3)

    assert "ZeroDivisionError" in str(fails(Failure, talk))


def test_a_server_that_returns_is_told(serve):
    server = serve("def serve(listener):\n    return")
    time.sleep(0.2)
    assert "must serve until its process is ended" in str(fails(Failure, server.check))


def test_a_server_that_exits_is_told(serve):
    server = serve("import os\ndef serve(listener):\n    os._exit(0)")
    time.sleep(0.2)
    assert "exit code 0" in str(fails(Ended, server.check))


def test_a_stub_is_not_written(serve):
    server = serve("def serve(listener):\n    raise NotImplementedError")
    assert type(server.over(1)) is NotWritten


def test_what_is_no_data_is_made_in_the_child(serve):
    greeting = "hello from"

    def make():
        import os

        return lambda: f"{greeting} {os.getpid()}"

    source = (
        "def serve(listener, app, size):\n    c, _ = listener.accept()\n"
        "    c.sendall(app()[:size].encode())\n    listener.accept()\n"
    )
    server = serve(source, made={"app": make}, size=30)
    with Crowd(server, clients=1) as people:
        expected = f"hello from {server.child.pid}".encode()
        assert people[0].hear(len(expected)) == expected


def test_silence_tells_where_the_server_stands(serve):
    server = serve(
        "import time\ndef serve(listener):\n    c, _ = listener.accept()\n    time.sleep(60)"
    )

    def talk():
        with Crowd(server, clients=1) as people:
            people[0].say(b"hello")
            people[0].hear(5, limit=0.5)

    failure = fails(Failure, talk)
    assert "client 0 waited for 5 bytes and heard nothing within 0.5 s" in str(failure)
    assert failure.stacks[0].places[-1].line == 4
    assert "time.sleep(60)" in explain(failure, server.submission)


def test_an_import_that_hangs_is_told(serve, monkeypatch):
    monkeypatch.setattr("dojo.servers.START_LIMIT", 1.0)
    failure = fails(TimedOut, lambda: serve("import time\ntime.sleep(60)"))
    assert "still being imported" in str(failure)


def test_a_half_answer_and_an_end_are_told_apart(serve):
    server = serve(
        "def serve(listener):\n    while True:\n        c, _ = listener.accept()\n"
        "        c.sendall(c.recv(100)[:2].upper())\n        c.close()"
    )

    def talk():
        with Crowd(server, clients=1) as people:
            people[0].ask(b"hello")

    assert "got only 2 of 5 bytes, then end-of-file" in str(fails(Failure, talk))


def test_the_process_is_gone_with_its_test(serve, tmp_path):
    file = tmp_path / "c2_blocking_server.py"
    file.write_text(ECHO, encoding="utf-8")
    servers = Servers(Submission(Curriculum().find("c2"), file))
    pid = servers().child.pid
    servers.end()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_cpu_memory_threads_and_sockets_are_seen_from_outside(serve):
    server = serve(
        "import threading\nheap = []\ndef serve(listener):\n    c, _ = listener.accept()\n"
        "    heap.append(b'x' * (50 << 20))\n"
        "    threading.Thread(target=listener.accept).start()\n"
        "    c.sendall(b'.')\n    while True: pass"
    )
    before = server.child.memory()
    with Crowd(server, clients=1) as people:
        people[0].hear(1)
        assert server.child.memory() - before > 40 << 20
        assert server.child.threads() == 2
        assert server.child.sockets() == 2  # the listener and the client
        assert server.cpu_in(0.5) > 0.05
        assert not server.calm_down(limit=0.5)


def test_a_quiet_server_calms_down(serve):
    server = serve(ECHO)
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        assert server.calm_down(limit=5)
        assert server.cpu_in(0.3) < 0.05


posix = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM")
ON_SIGTERM = ECHO.replace(
    "def serve(listener):",
    "import os, signal, sys, time\ndef serve(listener):\n    signal.signal(signal.SIGTERM, on_sigterm)",
)


@posix
@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("sys.exit()", 0),
        ("sys.exit(0)", 0),
        ("sys.exit(3)", 3),
        ("sys.exit('sorry')", 1),
        ("os._exit(4)", 4),
        ("signal.signal(signal.SIGTERM, signal.SIG_DFL); os.kill(os.getpid(), 15)", -15),
    ],
)
def test_it_may_end_once_it_was_asked_to(serve, action, code):
    server = serve(f"{ON_SIGTERM}\ndef on_sigterm(*_):\n    {action}")
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        server.terminate()
        ending = server.ending(5)
    assert ending.code == code
    assert ending.seconds < 5


@posix
def test_serve_may_return_once_it_was_asked_to(serve):
    source = (
        "import signal, time\nclass Told(Exception): pass\ndef told(*_): raise Told\n"
        "def serve(listener):\n    signal.signal(signal.SIGTERM, told)\n    c, _ = listener.accept()\n"
        "    try:\n        c.sendall(b'.')\n        time.sleep(60)\n    except Told:\n        return"
    )
    server = serve(source)
    with Crowd(server, clients=1) as people:
        people[0].hear(1)
        server.terminate()
        assert server.ending(5).code == 0


@posix
def test_what_goes_wrong_after_sigterm_is_told(serve):
    server = serve(f"{ON_SIGTERM}\ndef on_sigterm(*_):\n    1 / 0")
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        server.terminate()
        assert "After SIGTERM serve(listener) raised ZeroDivisionError" in str(
            fails(Failure, lambda: server.ending(5))
        )


@posix
def test_a_server_that_does_not_end_is_told(serve):
    server = serve(f"{ON_SIGTERM}\ndef on_sigterm(*_):\n    time.sleep(60)")
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        server.terminate()
        failure = fails(Failure, lambda: server.ending(0.5))
    assert "0.5 s after SIGTERM it still runs" in str(failure)
    assert "time.sleep(60)" in explain(failure, server.submission)


@linux
@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("select.select([listener], [], [])", "select"),
        ("p = select.poll(); p.register(listener); p.poll()", "poll"),
        ("e = select.epoll(); e.register(listener, 1); e.poll()", "epoll"),
        ("listener.accept()", "accept"),
        ("listener.settimeout(60); listener.accept()", "poll"),
        ("while True: pass", "running"),
    ],
)
def test_the_call_in_which_it_waits_is_seen(serve, call, kind):
    source = f"import select\ndef serve(listener):\n    {call}"
    if "while" in call:
        source = source.replace("    while", "    print(1)\n    while")
    server = serve(source)
    time.sleep(0.2)
    assert waits_in(server.child, 0.2) == kind


def test_calls_are_counted_while_it_serves(serve):
    server = serve(
        ECHO, before=[("watch", "socket.socket.accept", "select.select", "select.no_such_call")]
    )
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        calls = server.calls()
    assert calls["socket.socket.accept"] == 1
    assert calls["select.select"] == 0


def test_calls_in_a_submodule_are_counted(serve):
    source = ECHO.replace(
        "def serve(listener):",
        "from email.message import Message\ndef serve(listener):\n    Message().as_string()",
    )
    server = serve(source, before=[("watch", "email.message.Message.as_string", "email.no.such")])
    with Crowd(server, clients=1) as people:
        people[0].ask(b"hello")
        assert server.calls()["email.message.Message.as_string"] == 1
        people[0].leave()


def test_more_clients_than_descriptors_skip_with_the_cure(serve, monkeypatch):
    if limits.resource is None:
        pytest.skip("needs the module resource")
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (256, 256))
    with pytest.raises(
        pytest.skip.Exception, match=r"the hard limit is 256: raise it \(ulimit -Hn"
    ):
        serve(ECHO, clients=1000)


def test_the_soft_limit_is_raised_where_it_may(serve, monkeypatch):
    if limits.resource is None:
        pytest.skip("needs the module resource")
    wanted = []
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (256, 5000))
    monkeypatch.setattr(limits.resource, "setrlimit", lambda _, both: wanted.append(both))
    assert limits.need_descriptors(1000) == ""
    assert wanted == [(1100, 5000)]


def test_a_difference_is_told_where_it_is():
    assert mismatch("x", b"a", b"A") == ""
    assert mismatch("x", b"a", b"a") == "x said b'a' and heard b'a', expected b'A'."
    assert "from byte 500 on" in mismatch("x", b"a" * 1000, b"A" * 500)
