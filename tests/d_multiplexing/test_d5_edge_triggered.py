"""d5: edge-triggered epoll reports what has become ready once, so everything is taken until EAGAIN."""

import select

import pytest

from dojo.crowd import LIMIT, mismatch
from dojo.mechanism import epoll_masks, waits_in
from dojo.suite import Failure, watch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    letters,
    stop_reading,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_client_that_never_reads_costs_a_bounded_amount_of_memory,
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

pytestmark = pytest.mark.skipif(
    not hasattr(select, "epoll"), reason="needs select.epoll, which only Linux has"
)
CLIENTS = 200
BURST = 200
OTHER_WATCHERS = ("select.select", "select.poll")
EDGE_TRIGGERED = 1 << 31  # EPOLLET: <linux/eventpoll.h>
MIB = 1 << 20


def test_it_waits_in_epoll(server, crowd):
    running = server(before=[watch("select.epoll", *OTHER_WATCHERS)])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        place, calls = waits_in(running.child), running.calls()
    others = ", ".join(name for name in OTHER_WATCHERS if calls.get(name))
    assert calls["select.epoll"] > 0, (
        f"select.epoll was never called, but {others or 'no other watcher'}."
    )
    assert not others, f"Beside select.epoll it called {others}: let epoll do all the watching."
    assert place in ("epoll", None), (
        f"While idle it waits in another system call than epoll_wait: {place}."
    )


def test_every_client_is_watched_edge_triggered(server, crowd):
    running = server(send_buffer=400_000)
    with crowd(running, clients=4, receive_buffer=65_536) as people:
        people.ask([b"hello"] * 4)
        running.calm_down()
        quiet = epoll_masks(running.child)
        stop_reading(people, people[0], letters(4 * MIB), running)
        stalled = epoll_masks(running.child)
    for when, masks in (("while all are quiet", quiet), ("while one does not read", stalled)):
        level = sum(1 for mask in masks or () if not mask & EDGE_TRIGGERED)
        assert not level, (
            f"{level} of {len(masks)} clients are registered without EPOLLET {when}: level-triggered, they are"
            " reported again and again as long as they are ready, and nothing has to be remembered."
        )


def test_a_burst_of_connections_is_accepted_to_its_end(server, crowd):
    running = server(clients=BURST + 56)
    with crowd(running, clients=1) as people:
        assert people[0].ask(b"hello") == b"HELLO"
        with running.standing_still():
            people.join(BURST)
        try:
            answers = people.ask([b"hello"] * (1 + BURST))
        except Failure as failure:
            if failure.kind != Failure.kind:
                raise
            raise Failure(
                f"{BURST} clients connected at once, while the server was stopped for a moment. {failure}\nThe"
                " listener became ready once, and was reported once: accept until BlockingIOError.",
                failure.places,
                failure.stacks,
            ) from None
        assert answers == [b"HELLO"] * (1 + BURST)
        (newcomer,) = people.join(1)
        assert newcomer.ask(b"hello") == b"HELLO", "one more client, after the burst"


@pytest.mark.parametrize("size", [10_000, 150_000, 4 * MIB], ids=["10kB", "150kB", "4MiB"])
def test_what_came_at_once_is_read_and_answered_to_its_end(server, crowd, size):
    running = server(receive_buffer=400_000)
    message = letters(size)
    with crowd(running, clients=1) as people:
        client = people[0]
        assert client.ask(b"hello") == b"HELLO"
        with running.standing_still():
            client.say(message)
            people.pump(lambda: not client.unsent, limit=0.3)
        try:
            heard = client.hear(size, limit=30)
        except Failure as failure:
            if failure.kind != Failure.kind:
                raise
            raise Failure(
                f"{size:,} bytes came at once, while the server was stopped for a moment. {failure}\nThe client"
                " became readable once, and was reported once, and the same holds for writable: read, and write,"
                " until BlockingIOError, or remember that you have not.",
                failure.places,
                failure.stacks,
            ) from None
        sentence = mismatch("A client", message, heard)
        assert not sentence, sentence
        assert client.ask(b"and again") == b"AND AGAIN"


@pytest.mark.parametrize("size", [5, 65_536], ids=["5B", "64KiB"])
def test_an_end_that_came_with_the_last_bytes_is_seen(server, crowd, size):
    running = server(receive_buffer=400_000)
    message = letters(size)
    with crowd(running, clients=1) as people:
        client = people[0]
        assert client.ask(b"hello") == b"HELLO"
        with running.standing_still():
            client.say(message)
            people.pump(lambda: not client.unsent, limit=0.3)
            client.finish()
        passed = people.wait(lambda: client.ended is not None, LIMIT)
    sentence = mismatch("A client that then ended its sending side", message, bytes(client.heard))
    assert not sentence, sentence
    assert client.ended == "end-of-file", (
        f"A client said {size:,} bytes and ended its sending side, while the server was stopped for a moment. It was"
        f" answered, and {'no end-of-file came ' + passed if passed else 'then came ' + client.ended}. Both were"
        " reported once, together: after the last bytes the end can still be read. Read until BlockingIOError or the"
        " end."
    )
