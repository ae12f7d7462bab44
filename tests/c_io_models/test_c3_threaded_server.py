"""c3: a thread per client: the plain code serves a crowd, and each client costs a thread."""

import sys
import time

import pytest

from dojo.crowd import mismatch
from dojo.suite import Failure, switch_at_every_line
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    COME_AND_GONE,
    letters,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_quiet_server_uses_next_to_no_cpu,
    test_a_stalled_reader_costs_no_cpu,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_everybody_in_a_crowd_gets_their_own_answer,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_silent_clients_hold_nobody_up,
    test_sockets_of_clients_that_left_are_closed,
    test_what_one_client_sends_comes_back_in_upper_case,
)

CLIENTS = 50
LONG = 60_000  # bytes of a message: more than the buffers below take at once
SMALL = 16_384


@pytest.mark.trace
def test_a_second_client_is_answered_while_the_first_is_connected(server, crowd):
    with crowd(server(), clients=2) as people:
        first, second = people
        assert first.ask(b"first") == b"FIRST"
        assert second.ask(b"second") == b"SECOND", "while the first client stayed"
        assert first.ask(b"first again") == b"FIRST AGAIN"


def test_every_client_has_a_thread_of_its_own(server, crowd, clients):
    running = server(clients=clients)
    with crowd(running, clients=0) as people:
        before = threads_after_a_first_client(people)
        greet(people.join(clients))
        threads = running.child.threads() - before
    assert threads >= clients, (
        f"With {clients} clients connected and answered, the server has {max(threads, 0)} threads more than with none."
        f" A thread per client would be {clients}: here each client's recv may block, since it blocks only its own."
    )


def greet(clients):
    """All of them speak, then all of them hear their answer."""
    for client in clients:
        client.say(b"hello")
    for client in clients:
        client.hear(5)


def threads_after_a_first_client(people):
    """How many threads the server has when one client has come and gone, and nobody is there."""
    (first,) = people.join(1)
    first.ask(b"hello")
    first.leave()
    people.server.calm_down()
    return people.server.child.threads()


def test_threads_end_with_their_clients(server, crowd, clients):
    running = server(clients=clients)
    with crowd(running, clients=0) as people:
        before = threads_after_a_first_client(people)
        for leave in (lambda client: client.leave(), lambda client: client.reset()):
            group = people.join(clients)
            greet(group)
            for client in group:
                leave(client)
            left = threads_left(running, before)
            assert left <= before, (
                f"{clients} clients came, were answered and left. {COME_AND_GONE:g} s later the server has"
                f" {left} threads; before they came it had {before}. A thread ends when its function returns."
            )


def threads_left(running, before):
    """How many threads there are when those whose clients are gone have had their time to end."""
    deadline = time.monotonic() + COME_AND_GONE
    while (left := running.child.threads()) > before and time.monotonic() < deadline:
        time.sleep(0.02)
    running.check()
    return left


def test_threads_share_nothing_that_they_write_to(server, crowd, clients):
    """All clients have sent their long message before a thread gets to work, and all threads begin at once."""
    running = server(clients=clients, send_buffer=SMALL, before=[switch_at_every_line])
    with crowd(running, clients) as gone:  # what is left of those who vanish may be shared, too
        greet(gone)
        for client in list(gone):
            client.reset()
    with crowd(running, clients, receive_buffer=SMALL) as people:
        try:
            mixed_up = answers_at_the_same_time(people, clients)
        except Failure as failure:
            if failure.kind != Failure.kind:
                raise
            mixed_up = str(failure)
    assert not mixed_up, (
        f"{clients} threads worked at the same time, each for its own client. {mixed_up}"
        " Does a thread read something that another one writes to: a buffer, an attribute, a global name?"
    )


def answers_at_the_same_time(people, clients):
    """Let `clients` threads work for their clients at the same moment; what is wrong with an answer, or ""."""
    greet(people)
    said = [letters(LONG, seed=number) for number in range(clients)]
    with people.server.standing_still():
        for client, message in zip(people, said, strict=True):
            client.stop_reading()
            client.say(message)
        people.pump(lambda: False, limit=0.1)
    people.pump(lambda: not any(client.unsent for client in people), limit=0.5)
    people.server.calm_down()
    for client in people:
        client.read_on()
    for client, message in zip(people, said, strict=True):
        if sentence := mismatch(str(client), message, client.hear(len(message), limit=30)):
            return sentence
    return ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts memory in another way")
@pytest.mark.observation
def test_what_a_waiting_client_costs_in_memory(server, crowd, clients, note):
    running = server(clients=clients)
    with crowd(running, clients=0) as people:
        threads_after_a_first_client(people)
        before = running.child.memory()
        greet(people.join(clients))
        cost = (running.child.memory() - before) / clients
    note(
        f"a waiting client costs {cost / 1024:,.0f} KiB of the server's memory: a thread, its stack as far as it is"
        " used, a socket"
    )
