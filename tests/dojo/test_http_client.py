"""The client that speaks HTTP byte by byte: it accepts every right framing, and tells what is wrong with others."""

import time

import pytest

from dojo.failures import Failure
from dojo.http_client import Caller
from dojo.katas import Curriculum
from dojo.servers import Servers
from dojo.submission import Submission

CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
LENGTH = b"HTTP/1.1 404 Nope\r\ncontent-length: 5\r\n\r\nfghij"
CLOSED = b"HTTP/1.0 200 OK\r\n\r\nklm"


@pytest.fixture
def says(tmp_path):
    """`says(data)` gives a client of a server that says just this to whoever has said something, and closes."""
    started = []

    def start(data, then=""):
        file = tmp_path / "c2_blocking_server.py"
        file.write_text(
            "import time\ndef serve(listener):\n    while True:\n"
            f"        c, _ = listener.accept()\n        c.recv(65536)\n        c.sendall({data!r})\n"
            f"        {then}\n        c.close()\n",
            encoding="utf-8",
        )
        servers = Servers(Submission(Curriculum().find("c2"), file))
        started.append(servers)
        return Caller(servers())

    yield start
    for servers in started:
        servers.end()


def test_every_framing_is_read_one_answer_after_the_other(says):
    to_the_end = (
        "c.shutdown(1); list(iter(lambda: c.recv(65536), b''))"  # else what is unread resets
    )
    with says(CHUNKS + LENGTH + b"HTTP/1.1 100 Go on\r\n\r\n" + CLOSED, to_the_end) as caller:
        answers = [caller.say(b"GET / HTTP/1.1\r\n\r\n").answer() for _ in range(3)]
    assert [(answer.status, answer.body) for answer in answers] == [
        (200, b"abcde"),
        (404, b"fghij"),
        (200, b"klm"),
    ]
    assert answers[1].headers == {"content-length": "5"}


def test_an_answer_to_head_has_no_body(says):
    with says(LENGTH[:-5] + CHUNKS) as caller:
        assert caller.ask(b"HEAD / HTTP/1.1\r\n\r\n").body == b""
        assert caller.answer().body == b"abcde"


def test_an_interim_answer_can_be_heard(says):
    with says(b"HTTP/1.1 100 Go on\r\n\r\n" + LENGTH) as caller:
        assert caller.say(b"x").interim() == b"HTTP/1.1 100 Go on\r\n\r\n"
        assert caller.answer().status == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "saying 'GET / HTTP/1.1', waited for an answer and got none"),
        (b"hello\r\n", "cannot understand the answer (BadStatusLine: hello"),
        (LENGTH[:-1], "heard 4 bytes of the answer's body, then the connection was ended"),
    ],
)
def test_what_is_no_answer_is_told(says, data, sentence):
    with says(data) as caller, pytest.raises(Failure) as caught:
        caller.ask(b"GET / HTTP/1.1\r\n\r\n")
    assert sentence in str(caught.value)


def test_silence_is_told(says, monkeypatch):
    monkeypatch.setattr("dojo.http_client.LIMIT", 0.3)
    with says(b"HTTP/1.1 2", "time.sleep(60)") as caller, pytest.raises(Failure) as caught:
        caller.ask(b"GET / HTTP/1.1\r\n\r\n")
    assert "heard only b'HTTP/1.1 2' within 0.3 s" in str(caught.value)


def test_the_end_is_waited_for(says):
    with says(LENGTH, "time.sleep(0.3)") as caller:
        assert not caller.heard_something()
        assert caller.ask(b"GET / HTTP/1.1\r\n\r\n").status == 404
        assert caller.listen(0.05) == (False, b"")
        assert caller.rest(5) == b""
        assert caller.heard_something()


def test_a_server_that_has_stopped_listening_is_no_failure_by_itself(says):
    with says(LENGTH) as caller:
        caller.say(b"x")
        deadline = time.monotonic() + 5
        while not caller.broken and time.monotonic() < deadline:
            caller.say(b"x")
            time.sleep(0.01)
        assert caller.broken
