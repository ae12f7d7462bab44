"""b4: calls run as gevent greenlets, all at the same time; their values come in the order of the calls."""

import pytest

from dojo.suite import about, raised, span

NAP = 0.4  # seconds
MANY = 1_000


def overlap(outcome, one, other):
    """Were two lanes at work at the same time?"""
    for lane in (one, other):
        assert outcome.span(lane).ended is not None, f"{lane} began and was not waited for."
    return outcome.span(one).began < outcome.span(other).ended and (
        outcome.span(other).began < outcome.span(one).ended
    )


@pytest.mark.observation
def test_spawn_only_schedules_the_start(run):
    def scenario(kata):
        import gevent

        log = []
        greenlet = gevent.spawn(log.append, "it runs")
        log.append("spawn has returned")
        greenlet.join()
        log.append("join has returned")
        return log

    assert run(scenario).value == ["spawn has returned", "it runs", "join has returned"]


def test_values_come_in_the_order_of_the_calls(run):
    def scenario(kata):
        import gevent

        def nap_and_return(seconds, value):
            gevent.sleep(seconds)
            return value

        return kata.run_all(
            [
                (nap_and_return, (0.3, "slow"), {}),
                (nap_and_return, (0.1, "fast"), {}),
                (nap_and_return, (0, None), {}),
                (nap_and_return, (0.2, ["a", "list"]), {}),
                (nap_and_return, (0, 0), {}),
                (nap_and_return, (0, ""), {}),
            ]
        )

    assert run(scenario).value == ["slow", "fast", None, ["a", "list"], 0, ""], (
        "The calls take 0.3, 0.1, 0, 0.2, 0 and 0 s; their values keep the order of the calls."
    )


def test_no_calls_no_values(run):
    assert run(lambda kata: kata.run_all([])).value == []


def test_positional_and_keyword_arguments_reach_the_function(run):
    def scenario(kata):
        def order(*args, **kwargs):
            return list(args), sorted(kwargs.items())

        return kata.run_all(
            [
                (order, (), {}),
                (order, (1, 2, 3), {}),
                (order, (), {"x": 4, "y": 5}),
                (order, (1, 2, 3), {"x": 4, "y": 5}),
            ]
        )

    assert run(scenario).value == [
        ([], []),
        ([1, 2, 3], []),
        ([], [("x", 4), ("y", 5)]),
        ([1, 2, 3], [("x", 4), ("y", 5)]),
    ], "the arguments that each call's function was given: (positional, by keyword)"


def test_each_function_is_called_once(run):
    def scenario(kata):
        import gevent

        called = []

        def work(name, fails):
            called.append(name)
            gevent.sleep(0.01)
            if fails:
                raise ValueError("boom")

        kata.run_all(
            [(work, ("one", False), {}), (work, ("two", True), {}), (work, ("three", False), {})]
        )
        return sorted(called)

    called = run(scenario).value
    assert called == ["one", "three", "two"], (
        f"Three calls, one of which fails; called were: {called}."
    )


def test_the_same_call_twice_is_two_calls(run):
    def scenario(kata):
        import gevent

        called = []

        def work():
            called.append("begun")
            gevent.sleep(0.01)
            called.append("ended")
            return len(called)

        call = (work, (), {})
        values = kata.run_all([call, call, call])
        return sorted(values), called.count("begun"), called.count("ended")

    assert run(scenario).value == ([4, 5, 6], 3, 3), (
        "One call stands in the list three times. It appends a word to a list when it begins and one when it ends, and"
        " returns how many words there are then: the values, how many begun, how many ended:"
    )


@pytest.mark.trace
def test_the_naps_overlap(run):
    def scenario(kata):
        import gevent

        def nap(lane):
            with span(lane):
                gevent.sleep(NAP)

        return kata.run_all(
            [(nap, (lane,), {}) for lane in ("eat", "play", "read", "sing", "work")]
        )

    outcome = run(scenario)
    assert overlap(outcome, "eat", "play"), (
        f"took {outcome.seconds:.1f} s, expected about {NAP}: play began only when eat had ended,"
        " so eat was waited for before play was started."
    )
    assert outcome.seconds == about(NAP, not_=5 * NAP), f"Five naps of {NAP} s, side by side:"


def test_all_are_started_before_any_is_waited_for(run):
    def scenario(kata):
        import gevent

        begun, seen = [], []

        def nap(number):
            begun.append(number)
            gevent.sleep(0 if seen else 1)
            seen.append(len(begun))

        kata.run_all([(nap, (number,), {}) for number in range(MANY)])
        return seen[:1]

    first = run(scenario).value
    assert first, (
        f"run_all was given {MANY:,} calls, and when it returned none of them had come back."
    )
    (begun,) = first
    assert begun == MANY, (
        f"When the first of {MANY:,} calls came back, {begun:,} had begun: the others had to wait for it."
    )


def test_a_failure_stands_in_its_own_place(run):
    def scenario(kata):
        import gevent

        def work(value):
            gevent.sleep(0.1)
            return value

        def fail(seconds):
            if seconds:
                gevent.sleep(seconds)
            raise ValueError(f"boom after {seconds} s")

        return kata.run_all(
            [
                (work, ("a",), {}),
                (fail, (0,), {}),
                (work, ("b",), {}),
                (fail, (0.05,), {}),
                (work, ("c",), {}),
            ]
        )

    assert run(scenario).value == [
        "a",
        raised(ValueError, "boom after 0 s"),
        "b",
        raised(ValueError, "boom after 0.05 s"),
        "c",
    ], (
        "The second and the fourth call fail: their Exceptions stand where their values would, the others' values stay."
    )


def test_ctrl_c_is_no_calls_result(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        import gevent

        def interrupted():
            gevent.sleep(0.01)
            raise KeyboardInterrupt

        try:
            return kata.run_all([(interrupted, (), {}), (gevent.sleep, (0.1,), {})])
        except KeyboardInterrupt:
            return "came out"

    came = run(scenario).value
    assert came == "came out", (
        f"Ctrl-C was pressed while a call ran: the program is to end. Instead there came {came}: a call's place takes"
        " an Exception, and KeyboardInterrupt is none."
    )


def test_it_is_the_very_exception_that_was_raised(run):
    def scenario(kata):
        import gevent

        error = KeyError("mine")

        def fail():
            gevent.sleep(0.01)
            raise error

        results = kata.run_all([(fail, (), {})])
        return [result is error for result in results], results

    own, results = run(scenario).value
    assert own == [True], (
        f"One call raised a KeyError, and not that one is handed back but {results}."
    )


def test_a_failure_spills_no_traceback(run):
    def scenario(kata):
        import gevent

        def fail():
            gevent.sleep(0.01)
            raise ValueError("boom")

        kata.run_all([(fail, (), {}), (gevent.sleep, (0.05,), {})])

    output = run(scenario).output
    assert "Traceback" not in output and "failed with" not in output, (
        "A call failed, and its traceback was printed, though its Exception is handed back: gevent prints what"
        " leaves a greenlet."
    )
