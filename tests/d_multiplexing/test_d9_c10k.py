"""d9: ten thousand connected clients in one thread, and what the quiet ones among them cost."""

import os
import random
import selectors

import pytest

from dojo.crowd import mismatch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    IDLE,
    MIB,
    TINY_BUFFER,
    TINY_BUFFERS,
    letters,
    sockets_after_a_first_client,
    sockets_left,
    stop_reading,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_client_that_never_reads_costs_a_bounded_amount_of_memory,
    test_a_stalled_reader_costs_no_cpu,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_it_does_the_work_in_one_thread_of_one_process,
    test_what_one_client_sends_comes_back_in_upper_case,
)

CLIENTS = 100  # in the clauses above
EVERYBODY = int(os.environ.get("C10K_CLIENTS", 10_000))
PER_CLIENT = (
    1024  # bytes: a socket object takes 250 to 420 with what belongs to it, a greenlet 9,000
)
ROUNDS, MESSAGES = 7, 300
TIMES_AS_MUCH = 5  # epoll: 1; poll: 30
LIMIT = 30  # seconds until the last of them has its answer

needs_more_than_select = pytest.mark.skipif(
    selectors.DefaultSelector is selectors.SelectSelector,
    reason="needs a system that has more than select: that one watches 512 sockets at most",
)


@needs_more_than_select
def test_ten_thousand_clients_get_their_own_answers(server, crowd):
    running = server(clients=EVERYBODY)
    with crowd(running, clients=0) as first:
        before = sockets_after_a_first_client(first)
    with crowd(running, EVERYBODY) as people:
        said = [b"hello from client %d" % number for number in range(EVERYBODY)]
        order = random.Random(EVERYBODY).sample(range(EVERYBODY), EVERYBODY)
        heard = people.ask(said, order, limit=LIMIT)
        for number in order:
            sentence = mismatch(str(people[number]), said[number], heard[number])
            assert not sentence, sentence
        people.leave()
        after = sockets_left(people, before)
    assert after <= before, (
        f"{after:,} sockets are still open, 3 s after all of them have left; there were {before} before they came."
    )


@needs_more_than_select
def test_a_client_costs_less_than_a_kibibyte(server, crowd):
    running = server(clients=EVERYBODY)
    before = running.child.memory()
    message = letters(
        4 * PER_CLIENT
    )  # whoever keeps it, or the buffer that it was in, costs that much
    with crowd(running, EVERYBODY) as people:
        for first in range(0, EVERYBODY, CLIENTS):  # not all at once: that would be a crowd's price
            some = people.clients[first : first + CLIENTS]
            for client in some:
                client.say(message)
            for client in some:
                client.hear(len(message), limit=LIMIT)
        each = (running.child.memory() - before) / EVERYBODY
    assert each < PER_CLIENT, (
        f"{EVERYBODY:,} clients said {len(message):,} bytes each, were answered and are quiet. Each costs {each:,.0f}"
        f" bytes in the server's process, expected less than {PER_CLIENT:,}: keep nothing for a client that has nothing"
        " unsent, but its socket."
    )


@needs_more_than_select
def test_ten_thousand_quiet_clients_use_next_to_no_cpu(server, crowd):
    running = server(clients=EVERYBODY, **TINY_BUFFERS)
    with crowd(running, EVERYBODY, receive_buffer=TINY_BUFFER) as people:
        talker = people[EVERYBODY // 2]
        message = letters(4 * MIB)
        stop_reading(people, talker, message, running)
        talker.read_on()
        talker.hear(len(message), limit=LIMIT)
        running.calm_down(limit=2)
        used = running.cpu_in(1.0)
    assert used < IDLE, (
        f"{EVERYBODY:,} clients are connected and nobody says anything, yet the server computed for {used:.2f} s in"
        " one second: something wakes it up again and again."
    )


@pytest.mark.skipif(
    selectors.DefaultSelector
    in (selectors.SelectSelector, getattr(selectors, "PollSelector", None)),
    reason="needs select.epoll or kqueue: select and poll themselves walk through all whom they watch",
)
def test_a_message_costs_the_same_among_ten_thousand_as_among_a_hundred(server, crowd):
    few, many = server(clients=CLIENTS), server(clients=EVERYBODY)
    with crowd(few, CLIENTS) as speakers, crowd(many, CLIENTS) as same_speakers:
        same_speakers.join(EVERYBODY - CLIENTS)
        many.calm_down(limit=5)
        among_few, among_many = [], []
        for _ in range(ROUNDS):
            among_few.append(cpu_per_message(speakers))
            among_many.append(cpu_per_message(same_speakers))
    ratio = min(among_many) / min(among_few)
    assert ratio < TIMES_AS_MUCH, (
        f"One of {CLIENTS} clients speaks at a time. With nobody else there, a message costs the server"
        f" {1e6 * min(among_few):.0f} µs of CPU; among {EVERYBODY - CLIENTS:,} who are silent"
        f" {1e6 * min(among_many):.0f} µs, {ratio:.0f} times as much (expected: less than {TIMES_AS_MUCH} times)."
        " Something walks through all clients for each message: your loop, or the mechanism that it waits in."
    )


def cpu_per_message(people):
    """CPU seconds that a message costs the server: those who came first and those who came last speak in turn."""
    half = CLIENTS // 2
    speakers = people.clients[:half] + people.clients[-half:]
    before = people.server.child.cpu_seconds()
    for turn in range(MESSAGES):
        speakers[turn % CLIENTS].ask(b"hello")
    return (people.server.child.cpu_seconds() - before) / MESSAGES
