"""The fixtures `server` and `crowd`: what a server does wrong is told by name, and nothing outlives its test."""

import errno
import socket
import sys
import time

import psutil
import pytest

from dojo import limits
from dojo.crowd import Crowd, mismatch
from dojo.failures import Ended, Failure, NotWritten, TimedOut
from dojo.katas import Curriculum
from dojo.mechanism import epoll_masks, waits_in
from dojo.report import explain
from dojo.servers import References, Servers
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


def test_an_async_serve_is_run_by_the_katas_own_loop(serve):
    source = (
        "import sys\n"
        "def run(main):\n"
        "    try:\n        main.send(None)\n    except StopIteration:\n        pass\n"
        "async def serve(listener):\n    c, _ = listener.accept()\n"
        "    c.sendall(str('asyncio' in sys.modules).encode())\n    listener.accept()\n"
    )
    with Crowd(serve(source), clients=1) as people:
        assert people[0].hear(5) == b"False"


def test_a_serve_of_generators_is_run_by_the_katas_own_loop(serve):
    source = (
        "import types\n"
        "def run(main):\n    main.send(None)\n"
        "@types.coroutine\ndef serve(listener):\n    c, _ = listener.accept()\n"
        "    c.sendall(b'hello')\n    listener.accept()\n    yield\n"
    )
    with Crowd(serve(source), clients=1) as people:
        assert people[0].hear(5) == b"hello"


def test_an_async_serve_without_a_loop_of_its_own_is_run_by_asyncio(serve):
    source = (
        "import asyncio\n"
        "async def serve(listener, idle_timeout):\n"
        "    listener.setblocking(False)\n"
        "    loop = asyncio.get_running_loop()\n"
        "    c, _ = await loop.sock_accept(listener)\n"
        "    await loop.sock_sendall(c, str(idle_timeout).encode())\n"
        "    await asyncio.sleep(60)\n"
    )
    with Crowd(serve(source, idle_timeout=0.5), clients=1) as people:
        assert people[0].hear(3) == b"0.5"


def test_an_async_serve_that_returns_is_told(serve):
    server = serve("async def serve(listener):\n    return")
    assert "must serve until its process is ended" in str(server.over(2))


def test_an_async_stub_is_not_written(serve):
    server = serve("async def serve(listener):\n    raise NotImplementedError")
    assert type(server.over(2)) is NotWritten


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


SELECTOR = """
import selectors
def serve(listener):
    selector = selectors.DefaultSelector()
    selector.register(listener, 1)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                selector.register(client, 1)
            elif data := key.fileobj.recv(1000):
                key.fileobj.sendall(data.upper())
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
"""


@linux
def test_a_crowd_that_exceeds_the_backlog_connects_without_delay(serve, monkeypatch):
    monkeypatch.setattr("dojo.servers.somaxconn", lambda: 100)
    monkeypatch.setattr("dojo.crowd.PORTS", 500)  # so that they come from several addresses
    server = serve(SELECTOR, clients=50)
    began = time.monotonic()
    with Crowd(server, clients=1200) as people:
        assert (
            time.monotonic() - began < 2.5
        )  # what does not fit in is tried again after 1 s, 3 s, …
        assert people.ask([b"hello"] * 1200) == [b"HELLO"] * 1200
        for client in people:
            client.leave()


@linux
def test_those_who_wait_to_be_accepted_are_counted(serve):
    server = serve("import time\ndef serve(listener):\n    listener.accept()\n    time.sleep(60)")
    with Crowd(server, clients=1) as people:
        deadline = time.monotonic() + 5
        while people._unaccepted() and time.monotonic() < deadline:
            time.sleep(0.01)
        people.join(7)
        assert people._unaccepted() == 7


def test_a_machine_without_free_ports_skips_with_the_cure(serve, monkeypatch):
    server = serve(SELECTOR)
    with Crowd(server, clients=1) as people:
        monkeypatch.setattr("socket.socket.connect_ex", lambda *_: errno.EADDRNOTAVAIL)
        with pytest.raises(
            pytest.skip.Exception, match="let 1 clients connect; then no local port"
        ):
            people.join(1)


def test_a_difference_is_told_where_it_is():
    assert mismatch("x", b"a", b"A") == ""
    assert mismatch("x", b"a", b"a") == "x said b'a' and heard b'a', expected b'A'."
    assert "from byte 500 on" in mismatch("x", b"a" * 1000, b"A" * 500)


def test_the_listener_has_the_buffers_that_were_asked_for(serve):
    source = (
        "import socket\ndef serve(listener):\n    c, _ = listener.accept()\n"
        "    c.sendall(b'%08d' % listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))\n"
        "    listener.accept()\n"
    )
    with Crowd(serve(source, receive_buffer=30_000), clients=1) as people:
        assert 30_000 <= int(people[0].hear(8)) <= 60_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
def test_a_server_that_stands_still_answers_afterwards(serve):
    running = serve(ECHO)
    with Crowd(running, clients=1) as people:
        with running.standing_still():
            people[0].say(b"hello")
            people.pump(lambda: bool(people[0].heard), limit=0.3)
            assert not people[0].heard
        assert people[0].hear(5) == b"HELLO"


@linux
def test_a_server_that_was_stopped_is_not_calm(serve):
    running = serve(ECHO)
    assert running.calm_down(limit=10)
    with running.standing_still():
        assert running.child.held_up()
        assert not running.calm_down(limit=1)


@linux
def test_the_masks_of_an_epoll_set_are_seen(serve):
    source = (
        "import select\ndef serve(listener):\n    e, kept = select.epoll(), []\n"
        "    e.register(listener, select.EPOLLIN)\n"
        "    while e.poll():\n        kept.append(listener.accept()[0])\n"
        "        e.register(kept[-1], select.EPOLLOUT | select.EPOLLET if kept[1:] else 0)\n"
        "        kept[-1].sendall(b'!')\n"
    )
    running = serve(source)
    assert epoll_masks(running.child) in ([], None)
    with Crowd(running, clients=2) as people:
        for client in people:
            client.hear(1)
        masks = epoll_masks(running.child)
    if masks is not None:
        always = 0x18  # EPOLLERR and EPOLLHUP
        assert sorted(mask | always for mask in masks) == [always, 1 << 31 | 4 | always]


def test_another_katas_reference_server():
    references = References()
    try:
        with Crowd(references("c2"), clients=1) as people:
            assert people[0].ask(b"hello") == b"HELLO"
    finally:
        references.end()


def test_a_descriptor_too_high_for_select_is_explained(serve):
    source = (
        "import select\ndef serve(listener):\n    listener.accept()\n"
        "    raise ValueError('filedescriptor out of range in select()')\n"
    )
    people = Crowd(serve(source), clients=1)
    failure = fails(Failure, lambda: people[0].ask(b"hello"))
    people.leave()
    assert "FD_SETSIZE" in str(failure)


RELAY = """
import socket, threading

def forward(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)

def serve(listener, upstream):
    while True:
        near, _ = listener.accept()
        far = socket.create_connection(upstream)
        threading.Thread(target=forward, args=(near, far), daemon=True).start()
        threading.Thread(target=forward, args=(far, near), daemon=True).start()
"""


def test_upstream_is_played_by_the_crowd(serve, upstream):
    with Crowd(serve(RELAY, upstream=upstream.address), clients=0) as people:
        near, far = upstream.pair(people)
        near.say(b"hello")
        assert far.hear(5) == b"hello"
        far.say(b"and back")
        assert near.hear(8) == b"and back"
        assert (str(near), str(far), len(people)) == ("client 0", "upstream 0", 1)


def test_nobody_connects_to_upstream(serve, upstream):
    source = "def serve(listener, upstream):\n    while True:\n        listener.accept()"
    with Crowd(serve(source, upstream=upstream.address), clients=0) as people:
        people.join(1)
        failure = fails(Failure, lambda: upstream.accept(people, limit=0.3))
    assert "no connection to upstream was made within 0.3 s" in str(failure)


def test_upstream_refuses(upstream):
    upstream.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(upstream.address)


def test_upstream_hangs_and_recovers(serve, upstream):
    with Crowd(serve(RELAY, upstream=upstream.address), clients=0) as people:
        if missing := upstream.hang():
            pytest.skip(missing)
        with pytest.raises(TimeoutError):
            socket.create_connection(upstream.address, timeout=0.3)
        people.join(1)
        people.server.calm_down()
        upstream.take_all()
        assert str(upstream.accept(people)) == "upstream 0"
