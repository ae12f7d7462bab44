"""c6: nothing ever blocks, so everybody must be asked, all the time: what that gives and what it costs."""

import statistics
import sys
import time

from dojo.mechanism import waits_in
from dojo.suite import Failure, slow_reads, watch
from tests.server_contract import (  # noqa: F401  (the clauses that hold for this server)
    MIB,
    SILENCE,
    TINY_BUFFER,
    TINY_BUFFERS,
    letters,
    stop_reading,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_a_client_that_never_reads_costs_a_bounded_amount_of_memory,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_everybody_in_a_crowd_gets_their_own_answer,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_it_does_the_work_in_one_thread_of_one_process,
    test_silent_clients_hold_nobody_up,
    test_sockets_of_clients_that_left_are_closed,
    test_what_one_client_sends_comes_back_in_upper_case,
)

CLIENTS = 20
NAP = 0.05
WINDOW = 0.4  # seconds
A_SPEECH = letters(MIB)
KERNEL_WATCHERS = (
    "select.select",
    "select.poll",
    "select.epoll",
    "select.kqueue",
    "select.devpoll",
)


WATCHING = {"select", "poll", "epoll"}
if sys.version_info < (3, 11):  # there time.sleep itself waits in select()
    WATCHING -= {"select"}


def test_clients_that_talk_without_a_pause_hold_nobody_up(server, crowd):
    """Reading is made slow, so that the talkers always have more to say: there is never a quiet round."""
    running = server(before=[slow_reads(0.005)])
    with crowd(running, clients=4) as people:
        quiet, *talkers = people
        assert quiet.ask(b"hello") == b"HELLO"

        def everybody_goes_on():
            for client in talkers:
                client.heard.clear()
                if len(client.unsent) < MIB // 4:
                    client.say(A_SPEECH)

        people.pump(everybody_goes_on, limit=0.2)
        (newcomer,) = people.join(1)
        for client, who in (
            (newcomer, "a newcomer waited for its first answer in vain"),
            (quiet, "a client that had been there before them waited for its answer in vain"),
        ):
            client.say(b"me too")
            people.pump(lambda client=client: everybody_goes_on() or client.heard, limit=3)
            if client.heard != b"ME TOO":
                raise Failure(
                    f"Three clients talked without a pause, and {who}. A round asks the listener once and every client"
                    " once, whoever has something: nobody's turn depends on another one's silence."
                )


def test_it_asks_no_kernel_watcher(server, crowd):
    assert_no_watcher(server(before=[watch(*KERNEL_WATCHERS)]), crowd)


def test_it_does_not_nap_in_a_kernel_watcher(server, crowd):
    assert_no_watcher(server(before=[watch(*KERNEL_WATCHERS)], nap=NAP), crowd)


def assert_no_watcher(running, crowd):
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        place, calls = waits_in(running.child), running.calls()
    used = [name for name, count in calls.items() if count]
    assert not used, (
        f"It called {', '.join(used)}: here nobody watches the sockets but your own loop."
    )
    assert place not in WATCHING, (
        f"It waits in the system call {place}: a socket with a time-out lets the kernel watch in secret."
    )


def test_it_never_sleeps_while_idle(server, crowd, clients):
    running = server(**TINY_BUFFERS)
    assert_it_never_sleeps(running, "while nobody is connected")
    with crowd(running, clients, receive_buffer=TINY_BUFFER) as people:
        people.ask([b"hello"] * clients)
        assert_it_never_sleeps(running, f"while {clients} clients are silent")
        stop_reading(people, people[0], letters(MIB), running)
        assert_it_never_sleeps(running, "while the only client that wants something does not read")


def assert_it_never_sleeps(running, when):
    for _ in range(8):  # one undisturbed window is proof enough
        slept, used = quiet_window(running)
        if slept is None:  # this system does not tell how often somebody slept
            used, busy = running.cpu_beside_a_loop(WINDOW)
        if slept == 0 or (slept is None and busy > 0.5 * WINDOW):
            break
    if slept is None:
        assert used > 0.3 * busy, (
            f"Idle with nap=0, {when}, it computed for {used:.2f} s in {WINDOW:g} s, while a loop that only computes"
            f" had {busy:.2f} s: something puts it to sleep."
        )
    else:
        assert slept == 0 and used > 0.02 * WINDOW, (
            f"Idle with nap=0, {when}, it gave the processor away {slept} times in {WINDOW:g} s and computed for"
            f" {used:.2f} s: something puts it to sleep: a time-out, a blocking call, a sleep (time.sleep(0) is one"
            " too)."
        )


def quiet_window(running):
    """(how often it went to sleep, None where the system does not tell; CPU seconds that it used) in a window."""
    before = running.child.voluntary_switches()
    used = running.cpu_in(WINDOW)
    return None if before is None else running.child.voluntary_switches() - before, used


def test_a_nap_saves_the_processor(server, crowd, clients):
    running = server(nap=NAP, **TINY_BUFFERS)
    running.calm_down(limit=3)  # its start is over
    assert_it_naps(running, "while nobody is connected")
    with crowd(running, clients, receive_buffer=TINY_BUFFER) as people:
        people.ask([b"hello"] * clients)
        assert_it_naps(running, f"while {clients} clients are silent")
        stop_reading(people, people[0], letters(MIB), running)
        assert_it_naps(running, "while the only client that wants something does not read")


def assert_it_naps(running, when):
    began = time.monotonic()
    # A pause of the machine counts as a sleep, and matters too much in one window alone.
    windows = [quiet_window(running) for _ in range(4)]
    took = time.monotonic() - began
    used = min(used for _, used in windows)
    assert used < 0.2 * WINDOW, (
        f"Idle with nap={NAP}, {when}, it computed for {used:.2f} s in {WINDOW:g} s,"
        f" expected less than {0.2 * WINDOW:g}."
    )
    if windows[0][0] is None:  # this system does not tell how often somebody slept
        return
    naps = sum(slept for slept, _ in windows)
    assert naps, f"Idle with nap={NAP}, {when}, it did not fall asleep once in {took:.1f} s."
    most = took / NAP  # as a nap takes 0.05 s, or a little more
    assert naps < 1.4 * most, (
        f"Idle with nap={NAP}, {when}, it fell asleep {naps} times in {took:.1f} s, expected at most {most:.0f} times:"
        f" its naps are shorter than {NAP} s."
    )


def test_an_answer_waits_two_naps_at_most(server, crowd, clients):
    nap = 0.1
    with crowd(server(nap=nap), clients) as people:
        people.ask([b"hello"] * clients)
        began = time.monotonic()
        soon = [wait_for_an_answer(people, nap * moment / 5) for moment in range(5)]
        later = [wait_for_an_answer(people, 9 * nap) for _ in range(2)]
        time.sleep(max(0.0, began + SILENCE - time.monotonic()))
        assert people[-1].ask(b"hello again") == b"HELLO AGAIN", f"silent for {SILENCE:g} s"
    for waits, when in ((soon, "soon after others had spoken"), (later, "after a long silence")):
        typical = statistics.median_low(waits)
        assert typical < 3 * nap, (
            f"With nap={nap} an answer {when} took {typical:.2f} s, expected at most two naps"
            f" ({2 * nap:.1f} s): nap once per round, not once per client, and always as long."
        )


def wait_for_an_answer(people, silence):
    """Seconds that a client waits for its answer when it speaks after so many seconds of silence."""
    time.sleep(silence)
    began = time.perf_counter()
    people[0].ask(b"hello")
    return time.perf_counter() - began
