"""c4: a crowd of clients that all wait at the same time, and each its own answer."""

import re
import socket
import threading

import pytest

from dojo.failures import Raised
from dojo.suite import about

PATIENCE = 8  # seconds in which a failure is to come out; all that happens takes no time
STUCK = "say_hello does not come back"
HELLO = {"last_word": b"hello"}
CROWD = 110  # clients: more than the round number of workers that a pool would be given


def answers(clients):
    return [f"{number} HELLO" for number in range(clients)]


def hello(run, host, clients, limit=20):
    """say_hello for so many clients of this host: its Outcome."""
    address = host.address

    def scenario(kata):
        return kata.say_hello(address, clients)

    return run(scenario, limit=limit)


def assert_who_spoke(host, clients):
    expected = [b"%d hello" % number for number in range(clients)]
    heard = sorted(host.heard, key=lambda message: (len(message), message))
    if clients == 1:
        assert heard == expected, (
            f"The one client was to say {expected[0]!r}, and the server heard"
            f" {', '.join(map(repr, heard)) or 'nothing'}."
        )
    assert heard == expected, (
        f"{clients} clients, each on a connection of its own, were to say {expected[0]!r} to {expected[-1]!r}."
        f" The server had {len(heard)} connections on which somebody spoke, and heard this:"
    )


def test_a_client_says_its_number_and_hears_its_answer(run, host):
    one = host(**HELLO)
    heard = hello(run, one, 1).value
    assert_who_spoke(one, 1)
    assert heard == ["0 HELLO"], f"Expected ['0 HELLO'], one text, and got {heard!r}."


def test_each_client_has_its_own_connection_and_its_own_answer(run, host):
    many = host(**HELLO)
    heard = hello(run, many, 12).value
    assert_who_spoke(many, 12)
    assert heard == answers(12), "The answers, by client number:"


def test_it_does_not_wait_for_the_server_to_hang_up(run, host):
    stays = host(**HELLO)
    hello(run, stays, 3)
    assert not stays.overstayed, (
        f"Every client had its whole answer, and {stays.overstayed} of 3 were still connected three seconds later,"
        " until the server let go. The server keeps its connections open: an answer is whole when it is as long as the"
        " message."
    )


def test_an_answer_may_come_in_pieces(run, host):
    drips = host(**HELLO, drip=0.03)
    heard = hello(run, drips, 12).value
    assert_who_spoke(drips, 12)
    assert heard == answers(12), (
        "The server sent each answer a byte at a time: one recv takes what has come, and that may be a part."
    )


@pytest.mark.trace
def test_twenty_slow_answers_take_about_a_second(run, host):
    slow = host(**HELLO, seconds=1)
    outcome = hello(run, slow, 20, limit=40)
    assert_who_spoke(slow, 20)
    assert outcome.value == answers(20)
    assert outcome.seconds > 0.9, (
        f"The server takes a second before it answers, and say_hello came back after {outcome.seconds:.2f} s: nobody"
        " can have heard an answer by then."
    )
    about_a_second = outcome.seconds == about(1, not_=20)
    assert about_a_second, (
        f"20 clients took {outcome.seconds:.1f} s, expected about 1. The server serves all at once and takes a second"
        f" for each; it never had more than {slow.most_waiting} at a time."
    )


def test_all_clients_wait_at_the_same_time(run, host):
    """This server answers nobody before it has heard everybody, or nobody new has come for three seconds."""
    meets = host(**HELLO, meet=CROWD)
    outcome = hello(run, meets, CROWD, limit=90)
    assert meets.most_waiting == CROWD, (
        f"Of {CROWD} clients at most {meets.most_waiting} waited for their answers at the same time: the others did not"
        " begin until some of these had ended."
    )
    assert outcome.value == answers(CROWD)


def test_answers_are_listed_by_client(run, host):
    backwards = host(**HELLO, meet=20, last_first=True)
    heard = hello(run, backwards, 20, limit=60).value
    assert_who_spoke(backwards, 20)
    assert heard == answers(20), (
        "The server answered the last client first. The list goes by the clients' numbers."
    )


FATES = pytest.mark.parametrize(
    ("fate", "what"),
    [
        pytest.param("reset", "reset the connection", id="reset"),
        pytest.param("close", "closed the connection without an answer", id="closed"),
        pytest.param("half", "sent half of the answer and closed", id="half-an-answer"),
    ],
)


@FATES
def test_a_failing_client_is_named(run, host, fate, what):
    for number in (7, 0):
        moody = host(**HELLO, fates={b"%d hello" % number: fate})
        told = f"To client {number} of 12 the server {what}"
        assert_names(failure(run, moody.address, 12), {number}, told, moody.address)


def test_a_server_that_refuses_is_an_oserror_too(run):
    with socket.socket() as nobody:
        nobody.bind(
            ("127.0.0.1", 0)
        )  # bound, so that nobody else gets the port; but nobody listens
        address = nobody.getsockname()
        error = failure(run, address, 4)
    assert_names(error, {0, 1, 2, 3}, "Nobody listened at the address", address)


def failure(run, address, clients):
    """What say_hello raises, or returns if it raises nothing, or STUCK: a thread calls it."""

    def scenario(kata):
        given = []

        def call():
            try:
                given.append(kata.say_hello(address, clients))
            except BaseException as error:
                given.append(error)

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        thread.join(PATIENCE)
        if given and isinstance(given[0], NotImplementedError):
            raise given[0]
        return given[0] if given else STUCK

    return run(scenario, limit=30).value


def assert_names(error, numbers, told, address):
    assert error != STUCK, (
        f"{told}, and {PATIENCE} s later say_hello was still not back. Does it ask for more after an end-of-file? recv"
        ' gives b"" then, at once and for ever.'
    )
    assert isinstance(error, Raised), (
        f"{told}, and say_hello returned {error!r} as if nothing had happened."
    )
    assert "OSError" in error.bases, f"{told}, and say_hello raised {error!r}, which is no OSError."
    text = error.message.replace(address[0], "").replace(str(address[1]), "")
    named = {int(digits) for digits in re.findall(r"\d+", re.sub(r"\[\w+ \d+\]", "", text))}
    which = f"client {min(numbers)}" if len(numbers) == 1 else "any client"
    assert named & numbers, f"{told}. The error says {error.message!r}, and does not name {which}."
