"""a3: many generators in one thread, each one step per turn."""

import os
import time

import pytest

from dojo.suite import about, raised, step, task


def climb(kata, **lengths):
    """Tasks that take so many steps each: who took which step, in the order in which it happened."""
    log = []

    def climber(name, length):
        for number in range(1, length + 1):
            log.append((name, number))
            step(name, str(number))
            if number < length:
                yield

    kata.round_robin([climber(name, length) for name, length in lengths.items()])
    return log


def unfair(log, lengths):
    """The first moment at which somebody took a step too many or too few, as a sentence; None if all was fair."""
    taken = dict.fromkeys(lengths, 0)
    for name, number in log:
        for other, length in lengths.items():
            if taken[other] < min(number - 1, length):
                return (
                    f"{name} took its step {number} when {other}, which has {length} to take,"
                    f" had taken only {taken[other]}."
                )
        taken[name] = number
    for name, length in lengths.items():
        if taken[name] < length:
            return f"{name} has {length} steps to take, and took only {taken[name]}."
    return None


def cost(kata, *groups):
    """Seconds of processor time for tasks: each group is (how many, steps of each one)."""
    clock = time.perf_counter if os.name == "nt" else time.process_time

    def climber(steps):
        for _ in range(steps - 1):
            yield

    tasks = [climber(steps) for count, steps in groups for _ in range(count)]
    began = clock()
    kata.round_robin(tasks)
    return clock() - began


def test_results_come_in_the_order_of_the_tasks(run):
    def scenario(kata):
        def count(name, steps):
            for _ in range(steps):
                yield "a step"
            return name

        return kata.round_robin([count("slow", 5), count("fast", 1), count("middle", 3)])

    assert run(scenario).value == ["slow", "fast", "middle"]


def test_no_tasks_no_results(run):
    assert run(lambda kata: kata.round_robin([])).value == []


def test_a_task_without_a_yield_has_a_result_too(run):
    def scenario(kata):
        def no_step(value):
            return value
            yield

        def steps():
            yield
            yield

        return kata.round_robin([no_step(1), steps(), no_step("x"), no_step(0), no_step("")])

    assert run(scenario).value == [1, None, "x", 0, ""]


@pytest.mark.trace
def test_everybody_takes_one_step_per_turn(run):
    lengths = {"red": 3, "green": 3, "blue": 3}
    log = run(lambda kata: climb(kata, **lengths)).value
    assert not unfair(log, lengths), unfair(log, lengths)


def test_a_short_task_changes_nothing_for_the_others(run):
    lengths = {"red": 2, "amber": 1, "green": 4, "blue": 4}
    log = run(lambda kata: climb(kata, **lengths)).value
    assert not unfair(log, lengths), unfair(log, lengths)


def test_what_a_task_yields_means_nothing(run):
    def scenario(kata):
        def says(*values):
            yield from values
            return f"the end after {len(values)} values"

        return kata.round_robin(
            [says(None, False, 0, ""), says(True, 1, "x", ValueError("yielded"), StopIteration(1))]
        )

    assert run(scenario).value == ["the end after 4 values", "the end after 5 values"]


def test_an_exception_takes_its_tasks_slot_and_the_others_go_on(run):
    def scenario(kata):
        def works(name):
            yield
            yield
            return name

        def fails():
            yield
            raise ValueError("boom")

        def fails_at_once():
            raise KeyError("at once")
            yield

        return kata.round_robin([works("first"), fails(), fails_at_once(), works("last")])

    expected = ["first", raised(ValueError, "boom"), raised(KeyError), "last"]
    assert run(scenario).value == expected


def test_ctrl_c_is_no_tasks_result(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        def interrupted():
            yield
            raise KeyboardInterrupt

        def works():
            yield
            return "fine"

        try:
            return kata.round_robin([works(), interrupted()])
        except KeyboardInterrupt:
            return "came out"

    came = run(scenario).value
    assert came == "came out", (
        f"Ctrl-C was pressed while a task ran: the program is to end. Instead there came {came}: a task's slot takes"
        " an Exception, and KeyboardInterrupt is none."
    )


def test_a_failure_costs_nobody_else_a_turn(run):
    lengths = {"red": 3, "fails": 2, "green": 4, "blue": 4}

    def scenario(kata):
        log = []

        def climber(name, length):
            for number in range(1, length + 1):
                log.append((name, number))
                step(name, str(number))
                if (name, number) == ("fails", 2):
                    raise ValueError("boom")
                if number < length:
                    yield

        kata.round_robin([climber(name, length) for name, length in lengths.items()])
        return log

    log = run(scenario).value
    assert not unfair(log, lengths), unfair(log, lengths)


def test_ten_thousand_tasks_of_ten_steps(run):
    def scenario(kata):
        def climber(number):
            for _ in range(10):
                yield
            return number

        return kata.round_robin([climber(number) for number in range(10_000)])

    assert run(scenario, limit=30).value == list(range(10_000))


def test_a_finished_task_costs_nothing_any_more(run):
    def scenario(kata):
        rounds = range(10 if os.name == "nt" else 3)  # a wall clock counts what others do, too
        measured = [(cost(kata, (1, 10_000)), cost(kata, (1000, 1), (1, 10_000))) for _ in rounds]
        return [min(column) for column in zip(*measured, strict=True)]

    alone, beside = run(scenario, limit=60).value
    assert beside < 15 * alone, (
        f"A task of 10,000 steps took {alone * 1000:.1f} ms alone, and {beside * 1000:,.0f} ms beside 1,000 tasks"
        f" that end at their first step, {beside / alone:,.0f} times as much:"
        " the finished ones are still looked at in every turn."
    )


def test_a_step_costs_the_same_among_many_tasks_as_among_few(run):
    def scenario(kata):
        rounds = range(10 if os.name == "nt" else 3)
        measured = [(cost(kata, (200, 2000)), cost(kata, (20_000, 20))) for _ in rounds]
        return [min(column) / 400_000 * 1e6 for column in zip(*measured, strict=True)]

    few, many = run(scenario, limit=60).value
    assert many < 8 * few, (
        f"A step costs {few:.2f} µs among 200 tasks, and {many:.2f} µs among 20,000: {many / few:.0f} times as much."
        " What does your code do at each step to all the tasks that wait?"
    )


@pytest.mark.trace
@pytest.mark.observation
def test_switching_alone_saves_no_waiting(run):
    """Three tasks that really sleep for 0.2 s between their yields still take 0.6 s."""

    def scenario(kata):
        def nap(name):
            yield
            task(name, lambda: time.sleep(0.2))()
            yield

        kata.round_robin([nap("red"), nap("green"), nap("blue")])

    outcome = run(scenario)
    naps = [outcome.span(name) for name in ("red", "green", "blue")]
    for one in naps:
        for other in naps:
            assert one is other or one.ended <= other.began or other.ended <= one.began, (
                f"{one.lane} and {other.lane} slept at the same time. One thread cannot do that with time.sleep:"
                " are there more threads?"
            )
    assert outcome.seconds == about(0.6, not_=0.2)
