"""c2: accept, recv, send: the plain way, and its price: one client at a time."""

import pytest

from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_quiet_server_uses_next_to_no_cpu,
    test_a_stalled_reader_costs_no_cpu,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_it_does_the_work_in_one_thread_of_one_process,
    test_sockets_of_clients_that_left_are_closed,
    test_what_one_client_sends_comes_back_in_upper_case,
)

CLIENTS = 1


@pytest.mark.trace
def test_a_second_client_waits_until_the_first_has_left(server, crowd):
    with crowd(server(), clients=1) as people:
        first = people[0]
        assert first.ask(b"first") == b"FIRST"
        (second,) = people.join(1)
        second.say(b"second")
        people.pump(lambda: bool(second.heard), limit=0.7)
        assert not first.ended, f"The first client had said no goodbye, and saw {first.ended}."
        assert not second.heard, (
            "The second client was answered while the first was still connected: something works beside the one"
            " blocking recv. Here that is too much; the limit of this model is what the kata shows."
        )
        assert first.ask(b"first again") == b"FIRST AGAIN"
        first.leave()
        assert second.hear(len(b"second")) == b"SECOND", "after the first client had left"
