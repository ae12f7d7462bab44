"""d4: epoll keeps the list in the kernel, so that a client that says nothing costs nothing."""

import os
import select

import pytest

from dojo.mechanism import epoll_masks, waits_in
from dojo.suite import watch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    MIB,
    RECEIVE_BUFFER,
    SMALL_BUFFERS,
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
needs_nanoseconds = pytest.mark.skipif(
    not os.path.exists("/proc/self/schedstat"), reason="needs /proc/PID/schedstat"
)
CLIENTS = 2000
OTHER_WATCHERS = ("select.select", "select.poll")
EDGE_TRIGGERED = 1 << 31  # EPOLLET: <linux/eventpoll.h>
FEW = 20
IDLE = 0.05  # of one core
ROUNDS, MESSAGES = 7, 300
TIMES_AS_MUCH = 2.5  # one dictionary and epoll: 0.8 to 1.2 on a busy machine; a list to search: 4 and more; poll: 34


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


def test_quiet_clients_do_not_wake_it_up(server, crowd):
    running = server()
    with crowd(running, clients=5) as people:
        people.ask([b"hello"] * 5)
        running.calm_down(limit=2)
        used = running.cpu_in(0.5)
    assert used < 0.5 * IDLE, (
        f"Five clients were answered and say nothing, yet the server computed for {used:.2f} s in half a second."
        " A socket has room for writing nearly always: watch a client for EPOLLOUT only while an answer is unsent."
        " And wait without a time-out."
    )


def test_it_is_level_triggered(server, crowd):
    running = server(**SMALL_BUFFERS)
    with crowd(running, clients=5, receive_buffer=RECEIVE_BUFFER) as people:
        people.ask([b"hello"] * 5)
        running.calm_down()
        quiet = epoll_masks(running.child)
        stop_reading(people, people[0], letters(4 * MIB), running)
        stalled = epoll_masks(running.child)
    for when, masks in (("while all are quiet", quiet), ("while one does not read", stalled)):
        edge = sum(1 for mask in masks or () if mask & EDGE_TRIGGERED)
        assert not edge, (
            f"{edge} of {len(masks)} clients are registered with EPOLLET, edge-triggered, {when}. Here a socket is to"
            " be reported as long as it is ready, so that you may read a part and come back; d5 is the other way."
        )


@needs_nanoseconds
def test_an_answer_costs_the_same_among_many_silent_clients_as_among_few(server, crowd, clients):
    sizes = (FEW, clients)
    crowds = [crowd(server(clients=size), clients=0) for size in sizes]
    with crowds[0], crowds[1]:
        for people, size in zip(crowds, sizes, strict=True):
            while len(people) < size:
                people.join(min(size - len(people), 5 * FEW))
                people[-1].ask(b"hello")  # so that all are accepted
        few, many = cost_of_an_answer(crowds)
    assert many < TIMES_AS_MUCH * few, (
        f"An answer costs the server {few * 1e6:.0f} µs of processor time among {FEW} clients, and {many * 1e6:,.0f} µs"
        f" among {clients:,}, nearly all silent: {many / few:.0f} times as much, expected next to no difference."
        " Something goes through all of them at every message."
    )


@pytest.mark.trace
@pytest.mark.observation
@needs_nanoseconds
def test_what_a_silent_client_costs_in_select_poll_and_epoll(reference, crowd):
    """Server CPU per message of the references d2, d3 and d4, as silent clients grow."""
    sizes = (20, 200, 900)
    names = {"d2": "select", "d3": "poll", "d4": "epoll"}
    cost = {kata: [] for kata in names}
    crowds = [crowd(reference(kata, clients=sizes[-1]), clients=0) for kata in names]
    for size in sizes:
        for people in crowds:
            people.join(size - len(people))
            people[-1].ask(b"hello")  # so that all are accepted
        seconds = cost_of_an_answer(crowds, rounds=5, messages=100)
        for kata, least in zip(names, seconds, strict=True):
            cost[kata].append(least)
    for people in crowds:
        people.leave()
    print(table(cost, names, sizes))
    for kata, name in (("d2", "select"), ("d3", "poll")):
        grown, epoll = cost[kata][-1] - cost[kata][0], cost["d4"][-1] - cost["d4"][0]
        assert grown > 3 * epoll, (
            f"From {sizes[0]} to {sizes[-1]} silent clients a message got {grown * 1e6:.0f} µs dearer with {name},"
            f" and {epoll * 1e6:.0f} µs with epoll."
        )


def cost_of_an_answer(crowds, rounds=ROUNDS, messages=MESSAGES):
    """CPU seconds of the server per message, in each crowd: the least of several interleaved rounds."""
    measured = [[cost_in_one_round(people, messages) for people in crowds] for _ in range(rounds)]
    return [min(column) for column in zip(*measured, strict=True)]


def cost_in_one_round(people, messages):
    """Who came last speaks: for whoever looks clients up in a list, that one is far away."""
    before = people.server.child.cpu_seconds()
    for _ in range(messages):
        people[-1].ask(b"hello")
    return (people.server.child.cpu_seconds() - before) / messages


def table(cost, names, sizes):
    """A row a mechanism and crowd, with a bar."""
    most = max(max(row) for row in cost.values())
    lines = ["the server's processor time per message, in µs (reference solutions)", ""]
    for kata, row in cost.items():
        for size, seconds in zip(sizes, row, strict=True):
            bar = "█" * max(1, round(seconds / most * 50))
            lines.append(
                f"{kata} {names[kata]:<6}  {size:>4} clients  {seconds * 1e6:>7.1f}  {bar}"
            )
        lines.append("")
    return "\n".join(lines).rstrip()
