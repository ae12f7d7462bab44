"""e3: coroutines that wait at the same time, and a first failure that leaves nothing running."""

import asyncio

import pytest

from dojo.suite import about, raised, waiting


async def nap(lane, seconds, value=None):
    """Sleep, as a bar on the picture."""
    with waiting(lane):
        await asyncio.sleep(seconds)
    return value


async def outcome_of(kata, coroutines):
    """What comes out of run_together: ("returned", value) or ("raised", error)."""
    try:
        return "returned", await kata.run_together(coroutines)
    except NotImplementedError:
        raise
    except Exception as error:
        return "raised", error


def test_results_come_in_the_order_given(run):
    async def main(kata):
        return await kata.run_together(
            [nap("slow", 0.3, "slow"), nap("fast", 0.05, "fast"), nap("none", 0)]
        )

    assert run(lambda kata: asyncio.run(main(kata))).value == ["slow", "fast", None]


def test_a_result_is_whatever_was_returned(run):
    """Equal ones, false ones, and an error that somebody returned and nobody raised."""

    async def main(kata):
        results = ["twice", 0, ValueError("returned"), "twice", [], False]
        return await kata.run_together([nap(f"nap {n}", 0, r) for n, r in enumerate(results)])

    assert run(lambda kata: asyncio.run(main(kata))).value == [
        "twice",
        0,
        raised(ValueError, "returned"),
        "twice",
        [],
        False,
    ]


def test_no_coroutines_no_results(run):
    async def main(kata):
        return await kata.run_together([])

    assert run(lambda kata: asyncio.run(main(kata))).value == []


@pytest.mark.trace
def test_two_two_second_naps_take_about_two_seconds(run):
    async def main(kata):
        await kata.run_together([nap("eat", 2), nap("play", 2)])

    outcome = run(lambda kata: asyncio.run(main(kata)))
    eat, play = outcome.span("eat"), outcome.span("play")
    assert eat.began < play.ended and play.began < eat.ended, (
        f"took {outcome.seconds:.1f} s, expected about 2: one began only when the other had ended. A coroutine does"
        " nothing until it is awaited, or made a task."
    )
    assert outcome.seconds == about(2, not_=4)
    assert outcome.cpu < outcome.seconds / 20, (
        f"Everybody slept for {outcome.seconds:.1f} s, and the process computed for {outcome.cpu:.1f} s of it: who asks"
        " again and again whether a task is done does not wait."
    )


def test_a_thousand_wait_for_each_other(run):
    async def main(kata):
        arrived, gave_up, all_here = [], [], asyncio.Event()

        async def meet():
            arrived.append("here")
            if len(arrived) == 1000:
                all_here.set()
            try:
                await asyncio.wait_for(all_here.wait(), 0 if gave_up else 3)
            except asyncio.TimeoutError:
                gave_up.append(len(arrived))

        await kata.run_together([meet() for _ in range(1000)])
        return gave_up

    gave_up = run(lambda kata: asyncio.run(main(kata))).value
    assert not gave_up, (
        f"Each of 1,000 coroutines waits until all have begun; after 3 s only {gave_up[0]:,} had begun."
    )


def test_a_failure_comes_out_as_it_was_raised(run):
    async def main(kata):
        error = ValueError("boom")

        async def fail():
            await asyncio.sleep(0.05)
            raise error

        what, value = await outcome_of(kata, [nap("fine", 0.01), fail(), nap("fine too", 0.01)])
        return what, value, value is error

    what, value, same = run(lambda kata: asyncio.run(main(kata))).value
    assert what == "raised", (
        f"A coroutine raised ValueError('boom'); run_together returned {value!r} instead of letting it out."
    )
    assert value == raised(ValueError, "boom"), (
        f"A coroutine raised ValueError('boom'); out of run_together came {value!r}."
    )
    assert same, "What came out is another ValueError than the one that was raised."


def test_the_failure_that_came_first_in_time_comes_out(run):
    async def main(kata):
        early = asyncio.Event()

        async def late_one():
            try:
                await early.wait()
                await asyncio.sleep(0.3)
            finally:
                log.append("late")
            raise KeyError("late")

        async def early_one():
            early.set()
            raise ValueError("early")

        log = []
        return await outcome_of(kata, [late_one(), nap("fine", 0.6), early_one()])

    what, value = run(lambda kata: asyncio.run(main(kata))).value
    assert (what, value) == ("raised", raised(ValueError, "early")), (
        "The third coroutine raised ValueError('early'), and 0.3 s later the first would have raised KeyError('late');"
        f" run_together {what} {value!r}."
    )


def test_a_failure_in_the_clean_up_is_not_the_first(run):
    async def main(kata):
        napping = asyncio.Event()

        async def other():
            try:
                napping.set()
                await asyncio.sleep(3)
            finally:
                await asyncio.sleep(0.05)
                raise KeyError("in the clean-up")

        async def fail():
            await napping.wait()
            raise ValueError("boom")

        return await outcome_of(kata, [other(), fail(), nap("fine", 3)])

    what, value = run(lambda kata: asyncio.run(main(kata))).value
    assert (what, value) == ("raised", raised(ValueError, "boom")), (
        "The second coroutine raised ValueError('boom'); the first was cancelled, and its clean-up raised"
        f" KeyError('in the clean-up'). The first failure in time comes out, but run_together {what} {value!r}."
    )


def test_a_failure_does_not_wait_for_the_others(run):
    async def main(kata):
        async def fail():
            await asyncio.sleep(0.1)
            raise ValueError("boom")

        return await outcome_of(kata, [nap("long", 4), fail(), nap("longer", 5)])

    outcome = run(lambda kata: asyncio.run(main(kata)))
    assert outcome.value == ("raised", raised(ValueError, "boom"))
    assert outcome.seconds == about(0.1, not_=4), (
        f"One failed after 0.1 s, others would have napped for 4 and 5 s; run_together took {outcome.seconds:.1f} s."
    )


def failing(kata, clean_up=0.0, after=0.0):
    """A failure while three others nap: (outcome, log at the return, log a while later, other tasks at the return)."""

    async def main():
        log, started = [], asyncio.Event()

        async def other(name):
            log.append((name, "began"))
            if name == "c":
                started.set()
            try:
                await asyncio.sleep(0.8)
                log.append((name, "went on"))
            except asyncio.CancelledError:
                log.append((name, "cancelled"))
                raise
            finally:
                await asyncio.sleep(clean_up)
                log.append((name, "cleaned up"))

        async def fail():
            await started.wait()
            raise RuntimeError("boom")

        result = await outcome_of(kata, [other("a"), fail(), other("b"), other("c")])
        at_return = list(log)
        left = len(asyncio.all_tasks()) - 1
        await asyncio.sleep(after)
        return result, at_return, log[len(at_return) :], left

    return asyncio.run(main())


def test_after_a_failure_every_other_task_is_cancelled(run):
    result, log, _, _ = run(failing).value
    assert result == ("raised", raised(RuntimeError, "boom"))
    cancelled = [name for name, what in log if what == "cancelled"]
    assert sorted(cancelled) == ["a", "b", "c"], (
        "One of four failed; a, b and c were napping. When the failure came out, CancelledError had been raised in"
        f" {' and '.join(cancelled) or 'none'} of them."
    )


def test_clean_up_is_over_before_the_failure_comes_out(run):
    _, log, later, left = run(lambda kata: failing(kata, clean_up=1.2, after=0.5)).value
    cleaned = [name for name, what in log if what == "cleaned up"]
    assert sorted(cleaned) == ["a", "b", "c"], (
        "a, b and c need 1.2 s for their clean-up (their `finally` awaits). When the failure came out,"
        f" {' and '.join(cleaned) or 'none'} had finished it; after that happened {later}."
    )
    assert not left, f"When the failure came out, {left} other tasks were left on the loop."


def test_nothing_runs_on_after_the_failure(run):
    _, log, later, left = run(lambda kata: failing(kata, after=1.2)).value
    went_on = [name for name, what in log + later if what == "went on"]
    assert not went_on, (
        f"One of four failed, and {' and '.join(went_on)} went on as if nothing had happened, in the loop that still"
        " runs."
    )
    assert not later, f"The failure had come out, and after that this happened: {later}."
    assert not left, f"When the failure came out, {left} other tasks were left on the loop."


def test_what_had_finished_before_the_failure_stays_finished(run):
    async def main(kata):
        log = []

        async def quick():
            log.append("quick is done")
            return "quick"

        async def fail():
            await asyncio.sleep(0.1)
            raise ValueError("boom")

        result = await outcome_of(kata, [quick(), fail()])
        return result, log

    assert run(lambda kata: asyncio.run(main(kata))).value == (
        ("raised", raised(ValueError, "boom")),
        ["quick is done"],
    )


def test_who_was_not_given_to_it_is_left_alone(run):
    async def main(kata):
        log = []

        async def somebody_else():
            try:
                await asyncio.sleep(0.2)
                log.append("went on")
            except asyncio.CancelledError:
                log.append("was cancelled")
                raise

        async def fail():
            await asyncio.sleep(0.05)
            raise ValueError("boom")

        bystander = asyncio.ensure_future(somebody_else())
        await outcome_of(kata, [fail(), nap("fine", 1)])
        await asyncio.wait([bystander])
        return log

    log = run(lambda kata: asyncio.run(main(kata))).value
    assert log == ["went on"], (
        "One of two coroutines failed. A task of the same loop that has nothing to do with them"
        f" {' and '.join(log) or 'has ended'}: only those that run_together has started are its own to cancel."
    )
