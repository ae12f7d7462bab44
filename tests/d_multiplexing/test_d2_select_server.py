"""d2: one thread, one select.select, and every client gets its answers."""

import sys

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

CLIENTS = 50
OTHER_WATCHERS = ("select.poll", "select.epoll", "select.kqueue")
FD_SETSIZE = 1024  # select's descriptor sets have so many bits: <sys/select.h>


def test_it_waits_in_select(server, crowd):
    running = server(before=[watch("select.select", *OTHER_WATCHERS)])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        place, calls = waits_in(running.child), running.calls()
    assert calls["select.select"] > 0, "select.select was never called."
    assert not any(calls.get(name) for name in OTHER_WATCHERS), (
        f"calls of other watchers than select: {calls}"
    )
    assert place in ("select", None), (
        f"While idle it waits in another system call than select: {place}."
    )


@pytest.mark.skipif(
    sys.platform == "win32", reason="select on Windows counts sockets (512), not descriptor numbers"
)
def test_clients_past_fd_setsize_are_turned_away(server, crowd):
    running = server(clients=1100)
    with crowd(running, clients=0) as people:
        try:
            past_fd_setsize(people)
        except Failure as failure:
            if failure.kind != Failure.kind:
                raise
            raise Failure(
                f"{failure}\nselect.select takes no descriptor whose number is {FD_SETSIZE:,} (FD_SETSIZE) or more:"
                " close such a client at once, and go on with the others.",
                failure.places,
                failure.stacks,
            ) from None


def past_fd_setsize(people):
    everybody = people.join(1100)
    for client in everybody:
        client.say(b"hello")
    people.pump(lambda: all(client.heard or client.ended for client in everybody), limit=2)
    people.pump(lambda: all(client.heard or client.ended for client in everybody), limit=3)
    answered = [client for client in everybody if client.heard == b"HELLO"]
    left_hanging = [client for client in everybody if not client.heard and not client.ended]
    if left_hanging or len(answered) < 900:
        raise people.server.blame(
            f"Of 1,100 clients {len(answered):,} were answered (expected 900 at least) and {len(left_hanging):,} were"
            " neither answered nor let go."
        )
    people.leave(answered[:20])
    people.server.calm_down(limit=3)
    (newcomer,) = people.join(1)
    if newcomer.ask(b"hello") != b"HELLO":
        raise Failure("20 clients left, and a newcomer was not answered.")
