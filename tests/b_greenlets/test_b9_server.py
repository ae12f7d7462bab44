"""b9: gevent's StreamServer: a greenlet for each of a thousand clients, in one thread, and a decent end."""

import socket
import sys
import time

import pytest

from dojo.crowd import mismatch
from dojo.mechanism import waits_in
from dojo.suite import Failure, watch

CLIENTS = 1000
MIB = 1 << 20
START = "gevent.server.StreamServer.start"
LATE = 2.5  # seconds; the contract says 2, and a busy machine may be late by half a second
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to be heard")


def test_a_stream_server_answers(server, crowd):
    running = server(before=[watch(START)])
    with crowd(running, clients=1) as people:
        people[0].say(b"hello")
        people.pump(lambda: bool(people[0].heard or people[0].ended), limit=3)
        if not people[0].heard and waits_in(running.child) == "accept":
            raise Failure(
                "A client waits for its answer, and the server's only thread sits in accept(). StreamServer accepts"
                " until nobody is left in the queue; on a listener that blocks, that last accept waits for the next"
                " client, and all greenlets with it."
            )
        assert people[0].hear(5) == b"HELLO"
        calls = running.calls()
    assert calls[START] > 0, "The client was answered, but no StreamServer of gevent was started."


from tests.server_contract import (  # noqa: E402, F401  (the clauses that hold for this server)
    RECEIVE_BUFFER,
    SMALL_BUFFERS,
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


def assert_it_ended_well(running):
    try:
        ending = running.ending(LATE)
    except Failure as failure:
        if not failure.stacks:
            raise
        raise Failure(
            f"{failure} Answers under way get one second; a client that stays, idle or without reading, must not hold"
            " it up for longer.",
            failure.places,
            failure.stacks,
        ) from None
    assert ending.code != -15, (
        "SIGTERM killed the process on the spot (exit code -15): nothing in the program listens to it."
    )
    assert ending.code == 0, (
        f"After SIGTERM it ended with exit code {ending.code}, expected 0: to be asked to end is no error."
    )


@posix
def test_on_sigterm_it_exits_with_0(server, crowd):
    running = server()
    with crowd(running, clients=1) as people:
        assert people[0].ask(b"hello") == b"HELLO"
        people[0].leave()
        running.terminate()
        assert_it_ended_well(running)


@posix
def test_on_sigterm_an_answer_under_way_is_not_cut_short(server, crowd):
    running = server(**SMALL_BUFFERS)
    message = letters(2 * MIB)  # about half of it fits into the kernel's buffers
    with crowd(running, clients=1, receive_buffer=RECEIVE_BUFFER) as people:
        (client,) = people
        assert client.ask(b"hello") == b"HELLO"
        stop_reading(people, client, message, running)
        running.terminate()
        wait_until_sigterm_was_heard(running)
        client.read_on()
        people.pump(lambda: len(client.heard) >= len(message) or client.ended is not None, limit=3)
        heard = bytes(client.heard)
        assert len(heard) >= len(message) // 4, (
            f"SIGTERM came while a client was being answered. It read on at once, and of the {len(message):,} bytes"
            f" that it had said it heard {len(heard):,}, then {client.ended or 'nothing'}: whoever is being answered"
            " gets up to one second for the rest."
        )
        sentence = mismatch("A client that was being answered", message[: len(heard)], heard)
        assert not sentence, sentence
        client.leave()
        assert_it_ended_well(running)


def wait_until_sigterm_was_heard(running):
    """Until nobody can connect any more, or half a second; then as long as a process takes to exit at once."""
    deadline = time.monotonic() + 0.5
    while can_connect(running.address) and time.monotonic() < deadline:
        time.sleep(0.01)
    deadline = time.monotonic() + 0.1
    while running.child.alive and time.monotonic() < deadline:
        time.sleep(0.01)


def can_connect(address):
    try:
        socket.create_connection(address, timeout=0.2).close()
    except OSError:
        return False
    return True


@posix
def test_after_sigterm_nobody_is_accepted_and_nobody_holds_it_up(server, crowd):
    running = server(**SMALL_BUFFERS)
    with crowd(running, clients=2, receive_buffer=RECEIVE_BUFFER) as people:
        people.ask([b"hello"] * 2)
        stop_reading(people, people[0], letters(2 * MIB), running)  # and never reads again
        running.terminate()
        told, answered = time.monotonic(), 0
        while running.child.alive and time.monotonic() - told < LATE:
            time.sleep(0.05)
            if time.monotonic() - told > 0.6:  # by then it has heard the signal on a busy machine
                answered += is_answered(running.address)
        assert not answered, (
            f"From 0.6 s after SIGTERM on {answered} newcomers connected and were answered: first of all it stops"
            " accepting, then it waits for those that it has."
        )
        assert_it_ended_well(running)  # though one client is idle and one does not read


def is_answered(address):
    try:
        with socket.create_connection(address, timeout=0.2) as newcomer:
            newcomer.sendall(b"hello")
            return newcomer.recv(5) != b""
    except OSError:
        return False
