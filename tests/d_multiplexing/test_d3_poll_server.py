"""d3: one thread, one poll: the list of those to watch may be as long as it likes."""

import select

import pytest

from dojo.mechanism import waits_in
from dojo.suite import Failure, watch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
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
    not hasattr(select, "poll"), reason="needs select.poll, which Windows lacks"
)
CLIENTS = 1500
OTHER_WATCHERS = ("select.select", "select.epoll", "select.kqueue", "select.devpoll")
FEW, MORE = 900, 300  # clients: select could watch the few, but not all
IDLE = 0.05  # of one core


def test_it_waits_in_poll(server, crowd):
    running = server(before=[watch("select.poll", *OTHER_WATCHERS)])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        place, calls = waits_in(running.child), running.calls()
    others = ", ".join(name for name in OTHER_WATCHERS if calls.get(name))
    assert calls["select.poll"] > 0, (
        f"select.poll was never called, but {others or 'no other watcher'}."
    )
    assert not others, f"Beside select.poll it called {others}: let poll do all the watching."
    assert place in ("poll", None), (
        f"While idle it waits in another system call than poll: {place}."
    )


def test_quiet_clients_do_not_wake_it_up(server, crowd):
    running = server()
    with crowd(running, clients=5) as people:
        people.ask([b"hello"] * 5)
        running.calm_down(limit=2)
        used = running.cpu_in(0.5)
    assert used < 0.5 * IDLE, (
        f"Five clients were answered and say nothing, yet the server computed for {used:.2f} s in half a second."
        " A socket has room for writing nearly always: watch a client for POLLOUT only while an answer is unsent."
        " And wait without a time-out. (That of poll is in milliseconds.)"
    )


def test_more_clients_than_fd_setsize_are_served(server, crowd):
    running = server(clients=FEW + MORE)
    with crowd(running, clients=FEW) as people:
        people.ask([b"hello"] * FEW)
        try:
            people.join(MORE)
            answers = people.ask([b"and me"] * (FEW + MORE))
        except Failure as failure:
            if failure.kind != Failure.kind:
                raise
            raise Failure(
                f"{FEW} clients were answered. When {MORE} more had come: {failure}\nA server of select ends at"
                " descriptor 1,023: FD_SETSIZE. poll takes a list of descriptors instead of a set of bits, so their"
                " numbers do not matter and everybody can be watched.",
                failure.places,
                failure.stacks,
            ) from None
        assert answers == [b"AND ME"] * (FEW + MORE)


def test_a_client_that_is_gone_is_not_reported_any_more(server, crowd):
    running = server(send_buffer=400_000)
    with crowd(running, clients=9, receive_buffer=65_536) as people:
        people.ask([b"hello"] * 9)
        for client in people[:3]:
            client.leave()
        used_after(running, "Three clients said goodbye (their sockets gave end-of-file)")
        for client in people[3:6]:
            client.reset()
        used_after(
            running, "Three clients vanished with a reset (POLLHUP and POLLERR beside POLLIN)"
        )
        for client in people[6:]:
            client.stop_reading()
            client.say(b"so much to say " * 100_000)
        people.pump(lambda: False, limit=0.3)
        for client in people[6:]:
            client.reset()
        used_after(
            running,
            "Three clients, with much of their answer unsent, vanished (POLLHUP and POLLERR)",
        )
        people.join(1)
        assert people[-1].ask(b"hello") == b"HELLO", "a newcomer, after nine had come and gone"


def used_after(running, what):
    """A Failure if the server goes on computing after `what`."""
    running.calm_down(limit=2)
    used = running.cpu_in(0.5)
    if used >= 0.5 * IDLE:
        raise Failure(
            f"{what}, nobody says anything, and the server computed for {used:.2f} s in half a second: something is"
            " reported again and again. A client that is gone must leave poll's list (unregister) before its socket"
            " is closed, or poll reports the closed descriptor at every call (POLLNVAL). POLLHUP and POLLERR come"
            " whether you asked for them or not: answer them, too."
        )
