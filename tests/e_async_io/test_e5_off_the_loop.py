"""e5: functions that block, off the loop, and a loop that goes on all the while."""

import asyncio
import contextvars
import threading
import time

import pytest

from dojo.suite import raised, task

LIMIT = 4  # seconds until a function gives up waiting for what a right loop does at once


def until(condition, limit=LIMIT):
    """Block this thread until `condition()`; whether it came true within `limit` seconds."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def run_blocking(kata, tasks, heartbeat=lambda: None):
    """What asyncio.run(kata.run_blocking(…)) gives."""
    return asyncio.run(kata.run_blocking(tasks, heartbeat))


def test_results_come_in_the_order_given(run):
    def scenario(kata):
        first_may_end = threading.Event()

        def first():
            return first_may_end.wait(LIMIT) and "first"

        def second():
            first_may_end.set()
            return "second"

        return run_blocking(kata, [first, second, lambda: None, lambda: []])

    assert run(scenario).value == ["first", "second", None, []]


def test_a_function_that_stands_there_three_times_has_three_results(run):
    def scenario(kata):
        numbers = iter(range(100))
        return sorted(run_blocking(kata, [lambda: next(numbers)] * 3))

    assert run(scenario).value == [0, 1, 2], (
        "One function, which counts its calls, stands in the list three times. Its results, sorted:"
    )


def test_no_tasks_no_results(run):
    assert run(lambda kata: run_blocking(kata, [])).value == []


def test_the_heartbeat_goes_on_while_functions_block(run):
    def scenario(kata):
        beats = []

        def wait_for_three_beats():
            seen = len(beats)
            return until(lambda: len(beats) >= seen + 3)

        return run_blocking(kata, [wait_for_three_beats], lambda: beats.append("beat"))

    assert run(scenario).value == [True], (
        f"A function returns when it has seen three heartbeats; in {LIMIT} s it did not see them: while it blocked, the"
        " loop stood still."
    )


@pytest.mark.trace
def test_the_loop_goes_on_for_everybody_else(run):
    async def main(kata):
        steps = []

        async def ticker():
            while True:
                steps.append("step")
                await asyncio.sleep(0.01)

        def wait_for_the_ticker():
            seen = len(steps)
            return until(lambda: len(steps) > seen + 3)

        ticking = asyncio.ensure_future(ticker())
        result = await kata.run_blocking(
            [task(f"function {n}", wait_for_the_ticker) for n in range(3)], lambda: None
        )
        ticking.cancel()
        return result

    assert run(lambda kata: asyncio.run(main(kata)), limit=20).value == [True] * 3, (
        "Each function returns when it has seen another task of the same loop go on;"
        f" in {LIMIT} s it did not see that."
    )


def test_it_beats_about_twenty_times_a_second(run):
    async def main(kata):
        beats, naps = [], []

        async def nap():  # on the same loop, so that a busy machine slows both down
            while True:
                await asyncio.sleep(0.05)
                naps.append("nap")

        def count():
            seen, began = (len(beats), len(naps)), time.perf_counter()
            until(lambda: len(naps) >= seen[1] + 20, limit=10)
            return len(beats) - seen[0], len(naps) - seen[1], time.perf_counter() - began

        napping = asyncio.ensure_future(nap())
        (counted,) = await kata.run_blocking([count], lambda: beats.append("beat"))
        napping.cancel()
        return counted

    beats, naps, seconds = run(lambda kata: asyncio.run(main(kata)), limit=30).value
    assert naps >= 20, f"The loop stood still: another task napped {naps} times in {seconds:.1f} s."
    assert beats >= 13, (
        f"While another task of the same loop napped {naps} times for 0.05 s, there were {beats} heartbeats: one every"
        " 0.05 s was asked for."
    )
    assert beats <= 2 * seconds / 0.05, (
        f"{beats} heartbeats came within {seconds:.2f} s: one every 0.05 s was asked for."
    )


def test_the_heart_beats_on_the_loop(run):
    async def main(kata):
        threads = []
        await kata.run_blocking(
            [lambda: until(lambda: len(threads) >= 3)],
            lambda: threads.append(threading.get_ident()),
        )
        return threading.get_ident(), threads

    loop, threads = run(lambda kata: asyncio.run(main(kata))).value
    elsewhere = sum(thread != loop for thread in threads)
    assert not elsewhere, (
        f"Of {len(threads)} heartbeats {elsewhere} were called in another thread than the loop's: such a heart beats on"
        " when the loop stands still."
    )


def test_the_heart_is_still_after_the_return(run):
    async def main(kata):
        beats = []
        await kata.run_blocking([lambda: time.sleep(0.12)] * 2, lambda: beats.append("beat"))
        at_return = len(beats)
        await asyncio.sleep(0.4)
        return at_return, len(beats)

    at_return, later = run(lambda kata: asyncio.run(main(kata))).value
    assert at_return > 0, "The functions blocked for 0.12 s, and there was no heartbeat at all."
    assert later == at_return, (
        f"run_blocking had returned, and in the 0.4 s after that heartbeat was called {later - at_return} times more."
    )


def test_four_run_at_once(run):
    def scenario(kata):
        here = []

        def meet():
            here.append("here")
            return until(lambda: len(here) >= 4)

        return run_blocking(kata, [task(f"function {n}", meet) for n in range(4)])

    assert run(scenario, limit=30).value == [True] * 4, (
        f"Each of four functions waits, for {LIMIT} s at most, until all four have begun; they were never all there:"
        " four run at once, when there are four."
    )


def test_the_next_begins_as_soon_as_one_has_ended(run):
    def scenario(kata):
        here = []

        def meet():
            here.append("here")
            return until(lambda: len(here) >= 4)

        def pass_by():
            return True

        return run_blocking(kata, [meet, pass_by, pass_by, pass_by, meet, meet, meet])

    assert run(scenario, limit=30).value == [True] * 7, (
        "Of seven functions three return at once; the first and the last three wait for each other, for"
        f" {LIMIT} s at most. They never met: whoever ends makes room for the next one, also while others run on."
    )


def test_never_more_than_four_run_at_once(run):
    def scenario(kata):
        inside, most, gate = [], [], threading.Event()

        def call():
            inside.append("in")
            most.append(len(inside))
            if len(most) == 4:
                threading.Timer(0.3, gate.set).start()  # time for one too many to begin
            gate.wait(LIMIT)
            inside.pop()

        run_blocking(kata, [call] * 12)
        return max(most), len(most)

    most, calls = run(scenario, limit=30).value
    assert most <= 4, f"{most} functions were at work at the same time, expected 4 at most."
    assert calls == 12, f"12 functions were given, {calls} were called."


def test_a_failure_takes_its_place_in_the_list(run):
    def scenario(kata):
        def fail():
            raise ValueError("boom")

        return run_blocking(kata, [lambda: "before", fail, lambda: "after"])

    assert run(scenario).value == ["before", raised(ValueError, "boom"), "after"]


def test_stop_iteration_is_a_failure_like_any_other(run):
    def scenario(kata):
        def stop():
            return next(iter(()))

        async def main():
            blocking = asyncio.ensure_future(
                kata.run_blocking([stop, lambda: "after"], lambda: None)
            )
            done, _ = await asyncio.wait([blocking], timeout=3)
            return blocking.result() if done else "nothing, within 3 s"

        return asyncio.run(main())

    value = run(scenario).value
    assert value == [raised(StopIteration), "after"], (
        "A function raised StopIteration, another one returned 'after'. No asyncio future takes a StopIteration, so it"
        " must be caught where it is raised, in the thread."
    )


def test_context_variables_travel(run):
    async def main(kata):
        var = contextvars.ContextVar("var", default="the default")
        var.set("the caller's")
        return await kata.run_blocking([var.get] * 5, lambda: None)

    assert run(lambda kata: asyncio.run(main(kata))).value == ["the caller's"] * 5, (
        'The caller had set a context variable to "the caller\'s"; this is what five functions saw of it.'
    )


def test_what_a_function_sets_no_other_one_sees(run):
    async def main(kata):
        var = contextvars.ContextVar("var", default="the default")
        var.set("the caller's")

        def look_and_change():
            seen = var.get()
            var.set("another function's")
            return seen

        return await kata.run_blocking([look_and_change] * 12, lambda: None), var.get()

    seen, after = run(lambda kata: asyncio.run(main(kata))).value
    assert seen == ["the caller's"] * 12, (
        "Twelve functions look at a context variable, then change it: each has a context of its own, a copy of the"
        f" caller's. They saw {sorted(set(seen))}."
    )
    assert after == "the caller's", f"Afterwards the caller's own variable is {after!r}."
