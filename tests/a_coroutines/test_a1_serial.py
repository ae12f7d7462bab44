"""a1: functions run one after the other, each with a span that tells when it ran."""

import itertools
import time

import pytest

from dojo.suite import about, caught, raised, span, task, wall_clock_runs_backwards


def spans_of(kata, tasks):
    return [(span.result, span.started, span.finished) for span in kata.run_serially(tasks)]


def test_results_come_in_the_order_of_the_tasks(run):
    results = run(
        lambda kata: [
            span.result
            for span in kata.run_serially([lambda: "a", lambda: "b", lambda: None, lambda: ""])
        ]
    ).value
    assert results == ["a", "b", None, ""]


def test_no_tasks_no_spans(run):
    assert run(lambda kata: kata.run_serially([])).value == []


def test_every_task_is_called_once(run):
    def scenario(kata):
        calls = []

        def twice():
            calls.append("twice")

        spans = kata.run_serially([lambda: calls.append("first"), twice, twice])
        return calls, len(spans)

    calls, spans = run(scenario).value
    assert calls == ["first", "twice", "twice"], (
        "The tasks were [first, twice, twice]: the same function may stand in the list more than once. Called were"
        f" {calls}."
    )
    assert spans == 3, f"The tasks were [first, twice, twice], and there came {spans} spans."


def test_each_task_ends_before_the_next_begins(run):
    def scenario(kata):
        return spans_of(
            kata, [task(name, lambda: time.sleep(0.1)) for name in ("one", "two", "three")]
        )

    outcome = run(scenario)
    for before, after in (("one", "two"), ("two", "three")):
        ended, began = outcome.span(before).ended, outcome.span(after).began
        assert ended is not None and ended <= began, f"{after} began before {before} had ended."


def test_spans_tell_when_each_task_really_ran(run):
    def scenario(kata):
        return spans_of(
            kata, [task("short", lambda: time.sleep(0.2)), task("long", lambda: time.sleep(0.6))]
        )

    outcome = run(scenario)
    (_, started, finished), (_, later, last) = outcome.value
    assert started <= finished <= later <= last, (
        "The spans overlap or run backwards:"
        f" short [{started:.2f}, {finished:.2f}], long [{later:.2f}, {last:.2f}]."
    )
    assert finished - started == about(0.2, not_=0), "The span of the task that slept for 0.2 s:"
    assert last - later == about(0.6, not_=0), "The span of the task that slept for 0.6 s:"
    assert last - started <= outcome.seconds + 0.05, (
        f"The spans cover {last - started:.2f} s, but all of it took {outcome.seconds:.2f} s: are they seconds?"
    )


@pytest.mark.trace
def test_one_second_and_two_seconds_take_about_three(run):
    def scenario(kata):
        kata.run_serially([task("one", lambda: time.sleep(1)), task("two", lambda: time.sleep(2))])

    assert run(scenario).seconds == about(3, not_=2)


def test_an_exception_leaves_at_once_and_later_tasks_never_start(run):
    def scenario(kata):
        def boom():
            with span("boom"):
                raise ValueError("boom")

        log = []
        error = caught(
            kata.run_serially, [lambda: log.append("first"), boom, lambda: log.append("third")]
        )
        return error, log

    error, log = run(scenario).value
    assert error == raised(ValueError, "boom"), (
        f"The second task raised ValueError('boom'); out of run_serially came {error!r}."
    )
    assert log == ["first"], f"The second task failed; tasks that ran beside it: {log}."


def test_ctrl_c_leaves_at_once_too(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        def interrupted():
            raise KeyboardInterrupt

        log = []
        try:
            kata.run_serially([interrupted, lambda: log.append("second")])
        except KeyboardInterrupt:
            return log, "came out"
        return log, "did not come out"

    log, came = run(scenario).value
    assert came == "came out", (
        "Ctrl-C was pressed while a task ran: run_serially is to end with it."
    )
    assert not log, (
        "Ctrl-C was pressed while the first task ran, and the second was begun all the same."
    )


def test_the_clock_never_runs_backwards(run):
    def scenario(kata):
        return spans_of(kata, [lambda: time.sleep(0.02), lambda: time.sleep(0.02)])

    def backwards(*before):
        spans = run(scenario, before=before).value
        readings = [reading for _, *both in spans for reading in both]
        return any(a > b for a, b in itertools.pairwise(readings))

    assert not backwards(), "A span begins before the one before it has finished."
    assert not backwards(wall_clock_runs_backwards), (
        "The time of day was set back between two readings, and the spans with it: use a monotonic clock."
    )
