"""The fixture `host`: an upper-echo server for clients under test, which notes who waited when."""

import contextlib
import socket
import threading
import time

import pytest

HELLO = {"last_word": b"hello"}


def visit(host, message, size=None):
    """Say `message` on a new connection; what comes back, up to `size` bytes or the end."""
    size = len(message) if size is None else size
    heard = b""
    with socket.create_connection(host.address, timeout=10) as sock:
        sock.sendall(message)
        while len(heard) < size and (data := sock.recv(1024)):
            heard += data
    return heard


def visit_together(host, *messages):
    """All visit at the same time: their answers, in the order in which they came."""
    answers = []

    def one(message):
        with contextlib.suppress(OSError):
            answers.append(visit(host, message))

    threads = [threading.Thread(target=one, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    return answers


def test_it_answers_in_upper_case_and_notes_what_it_heard(host):
    quick = host(**HELLO)
    assert [visit(quick, b"%d hello" % n) for n in range(3)] == [b"0 HELLO", b"1 HELLO", b"2 HELLO"]
    assert quick.heard == [b"0 hello", b"1 hello", b"2 hello"]
    assert quick.most_waiting == 1 and not quick.overstayed


def test_a_message_may_come_in_pieces(host):
    quick = host(**HELLO)
    with socket.create_connection(quick.address) as sock:
        for piece in (b"7", b" he", b"llo", b" again"):
            sock.sendall(piece)
            time.sleep(0.1)
        assert sock.recv(1024) + sock.recv(1024) == b"7 HELLO AGAIN"
    assert quick.heard == [b"7 hello again"]


def test_all_wait_at_the_same_time(host):
    slow = host(**HELLO, seconds=0.5)
    began = time.monotonic()
    visit_together(slow, b"0 hello", b"1 hello", b"2 hello")
    assert 0.5 <= time.monotonic() - began < 1.4
    assert slow.most_waiting == 3
    assert [span.lane for span in slow.story.spans] == ["0 hello", "1 hello", "2 hello"]


def test_the_last_is_answered_first(host):
    backwards = host(**HELLO, meet=3, last_first=True)
    answers = visit_together(backwards, b"0 hello", b"1 hello", b"2 hello")
    assert answers == [b"2 HELLO", b"1 HELLO", b"0 HELLO"]


def test_those_who_do_not_come_are_not_waited_for(host):
    meets = host(**HELLO, meet=3)
    began = time.monotonic()
    assert visit(meets, b"0 hello") == b"0 HELLO"
    assert time.monotonic() - began > 2
    began = time.monotonic()
    assert visit(meets, b"1 hello") == b"1 HELLO"
    assert time.monotonic() - began < 1 and meets.most_waiting == 1


def test_an_answer_in_drops(host):
    drips = host(**HELLO, drip=0.05)
    began = time.monotonic()
    assert visit(drips, b"hello") == b"HELLO"
    assert time.monotonic() - began > 0.15


def test_fates(host):
    moody = host(**HELLO, fates={b"1 hello": "reset", b"2 hello": "close", b"3 hello": "half"})
    assert visit(moody, b"0 hello") == b"0 HELLO"
    with pytest.raises(ConnectionError):
        visit(moody, b"1 hello")
    assert visit(moody, b"2 hello") == b""
    assert visit(moody, b"3 hello") == b"3 H"


def test_who_stays_too_long_is_let_go(host):
    patient = host(**HELLO)
    assert visit(patient, b"hello", size=99) == b"HELLO"
    assert patient.overstayed == 1


def test_haste_is_no_picture(host):
    quick = host(**HELLO)
    visit(quick, b"hello")
    assert not quick.story.spans
