"""b6: tasks run until a deadline; each one's outcome is told, and nothing runs on."""

import time

import pytest

from dojo.suite import about, span

LONG = 6  # seconds; no right solution ever waits for so long
NEIGHBOURS = 200  # gevent looks at the clock after 50 starts


def told(outcomes):
    """Outcomes as sentences, sorted by name: "work: Finished(1)", "work: Failed(ValueError('boom'))", …"""
    content = {"Finished": "value", "Failed": "error"}
    lines = []
    for name, outcome in sorted(outcomes.items()):
        kind = type(outcome).__name__
        inside = repr(getattr(outcome, content[kind])) if kind in content else ""
        lines.append(f"{name}: {kind}({inside})")
    return lines


@pytest.mark.observation
def test_a_greenlet_that_nobody_joins_begins_but_is_not_finished(run):
    def scenario(kata):
        import gevent

        log = []

        def nap(name, seconds):
            log.append(f"{name} begins")
            gevent.sleep(seconds)
            log.append(f"{name} ends")

        short, long = gevent.spawn(nap, "short", 0.2), gevent.spawn(nap, "long", LONG)
        short.join()
        return log, long.dead

    log, dead = run(scenario).value
    assert log == ["short begins", "long begins", "short ends"], "only the short nap was joined"
    assert not dead


def test_values_of_tasks_that_finish(run):
    def scenario(kata):
        import gevent

        def nap_and_return(seconds, value):
            gevent.sleep(seconds)
            return value

        return told(
            kata.run_until(
                {
                    "a": lambda: nap_and_return(0.1, "fine"),
                    "b": lambda: nap_and_return(0, [1, 2]),
                    "c": lambda: None,
                    "d": lambda: 0,
                },
                LONG,
            )
        )

    assert run(scenario).value == [
        "a: Finished('fine')",
        "b: Finished([1, 2])",
        "c: Finished(None)",
        "d: Finished(0)",
    ], "Four tasks return 'fine', [1, 2], None and 0."


def test_a_task_that_raises_has_failed_and_the_others_go_on(run):
    def scenario(kata):
        import gevent

        def fail():
            raise ValueError("boom")

        def work():
            gevent.sleep(0.2)
            return "fine"

        return told(kata.run_until({"before": work, "fail": fail, "after": work}, LONG))

    assert run(scenario).value == [
        "after: Finished('fine')",
        "before: Finished('fine')",
        "fail: Failed(ValueError('boom'))",
    ], (
        "One task raises ValueError('boom') at once, its neighbours need 0.2 s; the deadline is far away."
    )


def test_an_exception_that_is_returned_is_a_value(run):
    outcomes = run(
        lambda kata: told(kata.run_until({"answer": lambda: ValueError("a value")}, LONG))
    ).value
    assert outcomes == ["answer: Finished(ValueError('a value'))"], (
        f"The task returned an exception, it did not raise it. The outcome was {', '.join(outcomes)}."
    )


def test_tasks_run_at_the_same_time(run):
    def scenario(kata):
        import gevent

        def nap(lane):
            with span(lane):
                gevent.sleep(0.3)

        kata.run_until(
            {name: lambda name=name: nap(name) for name in ("eat", "play", "read", "sing", "work")},
            LONG,
        )

    outcome = run(scenario)
    eat, play = outcome.span("eat"), outcome.span("play")
    assert eat.ended and play.ended, "run_until returned while tasks were still asleep."
    assert eat.began < play.ended and play.began < eat.ended, (
        "One began only when the other had ended."
    )
    assert outcome.seconds == about(0.3, not_=1.5), "Five naps of 0.3 s, side by side:"


def test_it_returns_as_soon_as_all_are_done(run):
    def scenario(kata):
        import gevent

        def fail():
            gevent.sleep(0.1)
            raise ValueError("boom")

        kata.run_until({"work": lambda: gevent.sleep(0.1), "fail": fail}, LONG)

    outcome = run(scenario)
    assert outcome.seconds == about(0.1, not_=LONG), (
        f"The tasks were done after 0.1 s, one with a value and one with an exception; the deadline was {LONG} s away."
        f" run_until took {outcome.seconds:.1f} s."
    )


def test_no_tasks_no_outcomes_and_no_waiting(run):
    outcome = run(lambda kata: kata.run_until({}, LONG))
    assert outcome.value == {}, f"No tasks, no outcomes, but there came {outcome.value!r}."
    assert outcome.seconds == about(0, not_=LONG), "There was nothing to wait for."


@pytest.mark.trace
def test_at_the_deadline_the_unfinished_are_abandoned(run):
    def scenario(kata):
        import gevent

        def nap(lane, seconds):
            with span(lane):
                gevent.sleep(seconds)
                return f"slept for {seconds} s"

        def fail():
            with span("fail"):
                raise ValueError("boom")

        return told(
            kata.run_until(
                {
                    "long": lambda: nap("long", LONG),
                    "short": lambda: nap("short", 0.1),
                    "longer": lambda: nap("longer", LONG + 1),
                    "fail": fail,
                },
                0.7,
            )
        )

    outcome = run(scenario)
    assert outcome.value == [
        "fail: Failed(ValueError('boom'))",
        "long: Abandoned()",
        "longer: Abandoned()",
        "short: Finished('slept for 0.1 s')",
    ], (
        f"The deadline was at 0.7 s. The short task needs 0.1 s, the long one {LONG} s, the longer one {LONG + 1} s."
    )
    assert outcome.seconds == about(0.7, not_=LONG), (
        f"The deadline was at 0.7 s, one task sleeps for {LONG} s and one for {LONG + 1} s: run_until took"
        f" {outcome.seconds:.1f} s."
    )


def test_long_tasks_share_one_deadline(run):
    def scenario(kata):
        import gevent

        def nap(lane):
            with span(lane):
                gevent.sleep(LONG)

        lanes = [f"nap {n}" for n in range(6)]
        return told(kata.run_until({lane: lambda lane=lane: nap(lane) for lane in lanes}, 0.4))

    outcome = run(scenario)
    assert outcome.value == [f"nap {n}: Abandoned()" for n in range(6)]
    assert outcome.seconds == about(0.4, not_=2.4), (
        f"Six tasks sleep for {LONG} s each, and 0.4 s is the deadline of them all: run_until took"
        f" {outcome.seconds:.1f} s."
    )


def test_a_deadline_of_no_seconds_is_one(run):
    def scenario(kata):
        import gevent

        return told(kata.run_until({"work": lambda: gevent.sleep(LONG)}, 0))

    outcome = run(scenario)
    assert outcome.value == ["work: Abandoned()"], (
        f"The deadline was at once, the task sleeps for {LONG} s. The outcome was {', '.join(outcome.value)}."
    )
    assert outcome.seconds == about(0, not_=LONG), (
        "With a deadline of 0 s there is nothing to wait for:"
    )


def test_ctrl_c_is_no_tasks_outcome(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        import gevent

        def interrupted():
            gevent.sleep(0.01)
            raise KeyboardInterrupt

        try:
            return told(kata.run_until({"interrupted": interrupted}, LONG))
        except KeyboardInterrupt:
            return "came out"

    came = run(scenario).value
    assert came == "came out", (
        f"Ctrl-C was pressed while a task ran: the program is to end. Instead there came {came}: what has failed raised"
        " an Exception, and KeyboardInterrupt is none."
    )


def test_what_an_abandoned_task_s_finally_does_is_done_before_the_return(run):
    def scenario(kata):
        import gevent

        log = []

        def work():
            try:
                with span("work"):
                    gevent.sleep(LONG)
            finally:
                log.append("clean-up begins")
                with span("clean-up"):
                    for _ in range(12):
                        gevent.sleep(0.1)
                log.append("clean-up ends")

        outcomes = told(kata.run_until({"work": work}, 0.3))
        log.append("run_until returns")
        return log, outcomes

    log, outcomes = run(scenario).value
    assert log == ["clean-up begins", "clean-up ends", "run_until returns"], (
        "An abandoned task cleans up in its `finally`, which takes 1.2 s: in what order did things happen?"
    )
    assert outcomes == ["work: Abandoned()"], f"its outcome: {', '.join(outcomes)}"


def test_nothing_runs_on_after_the_return(run):
    def scenario(kata):
        import gevent

        ticks = []

        def tick(name):
            while True:
                with span(name):
                    gevent.sleep(0.05)
                ticks.append(name)

        kata.run_until({name: lambda name=name: tick(name) for name in ("one", "other")}, 0.2)
        before = len(ticks)
        gevent.sleep(0.2)
        return sorted(set(ticks[before:]))

    running = run(scenario).value
    assert running == [], (
        f"run_until has returned, and of its two tasks these still run: {', '.join(running)}."
    )


def test_a_task_that_catches_every_exception_is_ended_too(run):
    def scenario(kata):
        import gevent

        log = []

        def stubborn():
            for _ in range(3):
                try:
                    gevent.sleep(LONG)
                except Exception as error:
                    log.append(f"caught {type(error).__name__}, going on")

        outcomes = told(kata.run_until({"stubborn": stubborn}, 0.2))
        gevent.sleep(0)
        return log, outcomes

    log, outcomes = run(scenario).value
    assert log == [], (
        "The task has an `except Exception` for its own failures, and goes on after one. The deadline is none of"
        " them: what ends the task must pass through."
    )
    assert outcomes == ["stubborn: Abandoned()"], f"its outcome: {', '.join(outcomes)}"


def test_no_alarm_is_left_behind(run):
    def scenario(kata):
        import gevent

        outcomes = told(kata.run_until({"work": lambda: "fine"}, 0.1))
        try:
            gevent.sleep(0.3)
        except gevent.Timeout:
            return outcomes, "a Timeout"
        return outcomes, "nothing"

    outcomes, came = run(scenario).value
    assert outcomes == ["work: Finished('fine')"], f"its outcome: {', '.join(outcomes)}"
    assert came == "nothing", (
        f"The tasks were done, run_until had returned, and when its deadline came {came} was raised in the caller."
    )


def test_a_task_that_computes_past_the_deadline_delays_it_and_breaks_nothing(run):
    def scenario(kata):
        import gevent

        log = []

        def compute():
            with span("compute"):
                end = time.perf_counter() + 0.3
                while time.perf_counter() < end:
                    pass
            log.append("computed")
            return "done"

        def sleep(lane, seconds):
            with span(lane):
                try:
                    gevent.sleep(seconds)
                    return "done"
                finally:
                    log.append(f"the clean-up of {lane}")

        tasks = {"early": lambda: "done", "compute": compute}
        tasks["nap"] = lambda: sleep("nap", 0.2)
        tasks["long"] = lambda: sleep("long", LONG)
        for number in range(
            NEIGHBOURS
        ):  # so many that some have not begun when the deadline is noticed
            tasks[f"neighbour {number}"] = lambda: "done"
        outcomes = told(kata.run_until(tasks, 0.1))
        after = len(log)
        gevent.sleep(0.1)
        return outcomes, log[after:]

    outcomes, after = run(scenario).value
    assert len(outcomes) == 4 + NEIGHBOURS, (
        f"There were {4 + NEIGHBOURS} tasks, and there are {len(outcomes)} outcomes."
    )
    assert "long: Abandoned()" in outcomes, (
        f"One task sleeps for {LONG} s, the deadline was at 0.1 s. Its outcome: {outcomes[2]}."
    )
    odd = [line for line in outcomes if not line.endswith((": Abandoned()", ": Finished('done')"))]
    assert not odd, (
        "One task computed for 0.3 s, past the deadline of 0.1 s. Its neighbours may have finished meanwhile, or"
        f" may have been abandoned, even before they began. This is neither: {odd[0]}."
    )
    assert after == [], f"After the return there still came: {', '.join(after)}."
