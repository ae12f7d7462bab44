"""d6: selectors.DefaultSelector picks the best mechanism of this system, and a callback per key does the work."""

import selectors

import pytest

from dojo.mechanism import waits_in
from dojo.suite import watch
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

BEST = selectors.DefaultSelector.__name__.removesuffix(
    "Selector"
).lower()  # epoll, kqueue, devpoll, poll, select
CLIENTS = 400 if BEST == "select" else 1000
MAKERS = {name: f"select.{name}" for name in ("epoll", "kqueue", "devpoll", "poll", "select")}
ASYNCIO = "asyncio.base_events.BaseEventLoop.run_forever"
REGISTER = "selectors._BaseSelectorImpl.register"  # what every selector's register calls


def test_it_uses_the_selectors_module(server, crowd):
    running = server(before=[watch(REGISTER, ASYNCIO)])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        calls = running.calls()
    assert not calls[ASYNCIO], (
        "asyncio's event loop runs: it asks the selector, and the callbacks are its own. Here the loop is yours."
    )
    assert calls.get(REGISTER, 0) >= 2, (
        "Neither the listener nor the clients were registered with a selector."
    )


@pytest.mark.skipif(BEST == "select", reason="needs a system with more than select")
def test_it_waits_in_the_best_mechanism_of_this_system(server, crowd):
    running = server(before=[watch(*MAKERS.values())])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        place, calls = waits_in(running.child), running.calls()
    used = [name for name, maker in MAKERS.items() if calls.get(maker)]
    assert place in (BEST, None), (
        f"While idle it waits in {place}; the best that this system has is {BEST}."
    )
    assert place or used == [BEST], f"It uses {used}; the best that this system has is {BEST}."
