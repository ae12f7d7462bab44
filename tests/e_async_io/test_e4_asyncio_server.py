"""e4: a thousand clients on streams: the idle are let go, the slow are waited for, and nothing piles up."""

import time

import pytest

from dojo.crowd import mismatch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    MIB,
    RECEIVE_BUFFER,
    SMALL_BUFFERS,
    TINY_BUFFER,
    letters,
    stop_reading,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_quiet_server_uses_next_to_no_cpu,
    test_a_stalled_reader_costs_no_cpu,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_everybody_in_a_crowd_gets_their_own_answer,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_it_does_the_work_in_one_thread_of_one_process,
    test_silent_clients_hold_nobody_up,
    test_sockets_of_clients_that_left_are_closed,
    test_what_one_client_sends_comes_back_in_upper_case,
)

CLIENTS = 1000
NEVER = 300  # seconds: longer than any test


@pytest.fixture
def server(server):
    """Nobody is let go, unless a test says otherwise."""
    server.arguments["idle_timeout"] = NEVER
    return server


def test_an_idle_client_is_let_go(server, crowd):
    running = server(idle_timeout=0.7)
    with crowd(running, clients=2) as people:
        silent, spoke = people
        said = time.monotonic()
        assert spoke.ask(b"hello") == b"HELLO"
        people.pump(lambda: spoke.ended and silent.ended, limit=4)
        seconds = time.monotonic() - said
        for client, what in (
            (silent, "has said nothing at all"),
            (spoke, "was answered and then said no more"),
        ):
            assert client.ended, (
                f"With idle_timeout=0.7 a client that {what} is still connected after {seconds:.1f} s."
            )
        assert seconds > 0.5, (
            f"With idle_timeout=0.7 clients were let go {seconds:.2f} s after the last message."
        )


def test_every_message_starts_the_time_anew(server, crowd):
    """Its own time, and nobody else's."""
    running = server(idle_timeout=1.6)
    with crowd(running, clients=2) as people:
        client, silent = people
        for turn in range(6):
            people.pump(lambda: client.ended is not None, limit=0.5)
            assert not client.ended, (
                "With idle_timeout=1.6 a client that says something every 0.5 s was let go after"
                f" {0.5 * (turn + 1):.1f} s: the time-out is for each wait, not for the whole connection."
            )
            assert client.ask(b"hello") == b"HELLO"
        people.pump(lambda: silent.ended is not None, limit=1)
        assert silent.ended, (
            "With idle_timeout=1.6 a client that has said nothing is still connected after 3 s, in which another one"
            " spoke every 0.5 s: each client has a time of its own."
        )


def test_a_stalled_reader_is_not_idle(server, crowd):
    running = server(idle_timeout=1.5, **SMALL_BUFFERS)
    with crowd(running, clients=1, receive_buffer=RECEIVE_BUFFER) as people:
        (client,) = people
        message = letters(2 * MIB)
        stop_reading(people, client, message, running)
        people.pump(lambda: False, limit=3)
        client.read_on()
        assert_whole(people, client, message, "2 MiB")


def test_a_stalled_reader_of_a_little_is_not_idle(server, crowd):
    running = server(idle_timeout=1.5, send_buffer=TINY_BUFFER)
    with crowd(running, clients=1, receive_buffer=TINY_BUFFER) as people:
        (client,) = people
        message = fill(people, client, running)
        people.pump(lambda: False, limit=3)
        client.read_on()
        assert_whole(people, client, message, f"{len(message) // 1024} KiB")


def assert_whole(people, client, message, size):
    """It gets all of it, and is served on."""
    people.wait(lambda: client.ended or len(client.heard) >= len(message), limit=30)
    what = f"With idle_timeout=1.5 a client said {size} and did not read for 3 s."
    assert len(client.heard) >= len(message), (
        f"{what} Then it read on and heard {len(client.heard):,} bytes, then {client.ended or 'nothing'}: who still has"
        " something unsent is not idle."
    )
    sentence = mismatch("A client that had stopped reading", message, client.hear(len(message)))
    assert not sentence, sentence
    client.say(b"still here")
    people.wait(lambda: client.ended or len(client.heard) >= 10, limit=6)
    assert bytes(client.heard) == b"STILL HERE", (
        f"{what} Then it read all of its answer and at once said more, and saw {client.ended or 'nothing'}: its time"
        " begins when nothing is unsent. Is drain content while something still is?"
    )


def fill(people, client, running):
    """The client says a little at a time and reads nothing, until a little is left unsent; all that it said."""
    client.stop_reading()
    message, arrived = b"", -1
    while len(message) < MIB and client.arrived() != arrived:
        for _ in range(2):  # what comes after its buffer is full waits in the server's
            arrived = client.arrived()
            piece = letters(TINY_BUFFER, seed=len(message))
            message += piece
            client.say(piece)
            people.pump(lambda: not client.unsent, limit=0.5)
            running.calm_down(queue=client.queued)
    return message


def test_twenty_stalled_readers_cost_less_than_a_mebibyte_each(server, crowd):
    running = server(**SMALL_BUFFERS)
    with crowd(running, clients=20, receive_buffer=RECEIVE_BUFFER) as people:
        people.ask([letters(100_000)] * 20)  # warm: the buffers that one pass needs are there
        running.calm_down()
        before = running.child.memory()
        offered = 0
        for client in people:
            client.stop_reading()
        while offered < 32 * MIB and running.child.memory() - before < 40 * MIB:
            for client in people:
                client.say(letters(MIB))
            offered += MIB
            if not people.pump(lambda: not any(client.unsent for client in people), limit=1):
                break
        running.calm_down()
        grown = running.child.memory() - before
        assert grown < 20 * MIB, (
            f"20 clients offered {offered // MIB} MiB each so far and read nothing: the server's memory grew by"
            f" {grown / MIB:.0f} MiB, expected less than one for each. What is written is kept until it can be sent;"
            " wait for the drain before you read on."
        )
