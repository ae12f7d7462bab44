"""b5: ordinary blocking functions, which know nothing of gevent, give way to each other while they wait."""

import queue
import socket
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from dojo.suite import about, caught, raised, task, watch
from tests.server_contract import STARTERS


def overlap(outcome, one, other):
    """Did two tasks wait at the same time?"""
    return outcome.span(one).began < outcome.span(other).ended and (
        outcome.span(other).began < outcome.span(one).ended
    )


def test_results_come_in_the_order_of_the_tasks(run):
    def scenario(kata):
        def nap_and_return(seconds, value):
            time.sleep(seconds)
            return value

        tasks = [
            partial(nap_and_return, 0.3, "slow"),
            partial(nap_and_return, 0.1, "fast"),
            lambda: None,
            lambda: 0,
            lambda: "",
        ]
        return kata.run_together(tasks)

    assert run(scenario).value == ["slow", "fast", None, 0, ""]


@pytest.mark.trace
def test_two_two_second_naps_take_about_two_seconds(run):
    def scenario(kata):
        kata.run_together([task("eat", lambda: time.sleep(2)), task("play", lambda: time.sleep(2))])

    outcome = run(scenario)
    assert overlap(outcome, "eat", "play"), (
        f"took {outcome.seconds:.1f} s, expected about 2: play began only when eat had ended,"
        " so nothing switched while eat slept."
    )
    assert outcome.seconds == about(2, not_=4)


def test_a_sleep_looked_up_early_gives_way_too(run):
    def scenario(kata):
        from time import sleep  # after the kata's import, before its call

        kata.run_together([task("eat", partial(sleep, 0.5)), task("play", partial(sleep, 0.5))])

    outcome = run(scenario)
    assert overlap(outcome, "eat", "play"), (
        "Both tasks call a sleep that was looked up before run_together was called, and they slept one after"
        " the other: the patch came too late for them."
    )


def test_a_blocking_recv_lets_the_others_run(run):
    def scenario(kata):
        here, there = socket.socketpair()
        here.settimeout(3)  # so that a recv which holds up everybody ends, and the test can say so

        def listen():
            return here.recv(100)

        def talk():
            time.sleep(0.2)
            there.sendall(b"hello")

        return kata.run_together([task("listen", listen), task("talk", talk)])

    assert run(lambda kata: caught(scenario, kata) or "fine").value == "fine", (
        "One task waits in recv for what another one sends, and the other one never got its turn."
    )
    assert run(scenario).value == [b"hello", None]


def test_a_connection_to_a_numeric_address_lets_the_others_run(run):
    def scenario(kata):
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(3)

        def answer():
            connection, _ = listener.accept()
            connection.settimeout(3)
            with connection:
                connection.sendall(connection.recv(100).upper())

        def ask():
            with socket.create_connection(listener.getsockname(), timeout=3) as sock:
                sock.sendall(b"hello")
                return sock.recv(100)

        return kata.run_together([task("answer", answer), task("ask", ask)])

    assert run(lambda kata: caught(scenario, kata) or "fine").value == "fine", (
        "One task accepts, another one connects to it and asks: one of them held up the other."
    )
    assert run(scenario).value == [None, b"HELLO"]


def test_queue_get_lets_the_others_run(run):
    def scenario(kata):
        items = queue.Queue()

        def take():
            return items.get(timeout=3)

        def put():
            time.sleep(0.2)
            items.put("an item")

        return kata.run_together([task("take", take), task("put", put)])

    assert run(lambda kata: caught(scenario, kata) or "fine").value == "fine", (
        "One task waits in queue.get for what another one puts there, and the other one never got its turn."
    )
    assert run(scenario).value == ["an item", None]


def test_event_wait_lets_the_others_run(run):
    def scenario(kata):
        ready = threading.Event()

        def wait():
            return ready.wait(3)

        def set_it():
            time.sleep(0.2)
            ready.set()

        return kata.run_together([task("wait", wait), task("set", set_it)])

    value = run(scenario).value
    assert False not in value, (
        "One task waits for an event that another one sets, and the other one never got its turn."
    )
    assert value == [True, None]


def test_subprocesses_run_side_by_side(run):
    def scenario(kata):
        def child():
            nap = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(0.5)"]
            return subprocess.run(nap).returncode

        return kata.run_together([task("one", child), task("two", child)])

    outcome = run(scenario)
    assert outcome.value == [0, 0]
    assert overlap(outcome, "one", "two"), (
        "The second process was started only when the first had ended: waiting for a process blocked everybody."
    )


def test_a_failure_comes_out(run):
    def scenario(kata):
        def fail():
            time.sleep(0.05)
            raise boom

        boom = ValueError("boom")
        error = caught(kata.run_together, [lambda: "fine", fail])
        return error, error is boom

    error, same = run(scenario).value
    assert error == raised(ValueError, "boom"), (
        f"A task raised ValueError('boom'); out of run_together came {error!r}."
    )
    assert same, (
        "Another ValueError came out of run_together than the one that the task had raised."
    )


def test_of_several_failures_one_comes_out_as_it_was_raised(run):
    def scenario(kata):
        def fail(error):
            time.sleep(0.05)
            raise error

        booms = [ValueError("boom"), KeyError("bang")]
        error = caught(kata.run_together, [partial(fail, boom) for boom in booms])
        return repr(error), error in booms

    error, one_of_them = run(scenario).value
    assert one_of_them, (
        "Two tasks raised ValueError('boom') and KeyError('bang'): one of the two was to come out of run_together."
        f" What came out: {error}"
    )


def test_everything_happens_in_one_thread(run):
    def scenario(kata):
        from _thread import get_native_id

        def nap():
            time.sleep(0.3)
            return get_native_id()

        return get_native_id(), kata.run_together([nap] * 5)

    outcome = run(scenario, before=[watch(*STARTERS)])
    caller, threads = outcome.value
    assert set(threads) == {caller}, "Tasks ran in other threads of the system than the caller's."
    begun = sum(outcome.calls[name] for name in STARTERS[:2])
    assert not begun, f"It started {begun} threads of the system, expected none."


def test_hundreds_of_naps_overlap(run):
    def scenario(kata):
        arrived, gave_up = [], []

        def nap_until_all_are_here():
            arrived.append("here")
            deadline = time.monotonic() + 3
            while len(arrived) < 300 and not gave_up:
                time.sleep(0.02)
                if time.monotonic() > deadline:
                    gave_up.append(len(arrived))

        kata.run_together([task(f"nap {n}", nap_until_all_are_here) for n in range(300)])
        return gave_up

    gave_up = run(scenario).value
    assert not gave_up, (
        f"Each of 300 tasks naps until all have begun; after 3 s only {gave_up[0]} had begun:"
        " not all run together."
    )


def test_no_tasks_no_results(run):
    assert run(lambda kata: kata.run_together([])).value == []
