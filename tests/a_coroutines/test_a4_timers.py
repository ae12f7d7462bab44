"""a4: tasks that sleep at the same time, in one thread that sleeps only when everybody does."""

import os
import time

import pytest

from dojo.suite import about, coarse_clocks, raised, span, step, waiting, watch


def naps(kata, **lengths):
    """Everybody takes the naps of these lengths; each nap is a span on the picture."""

    def sleeper(name, seconds):
        for nap in seconds:
            with waiting(name):
                yield nap

    kata.run([sleeper(name, seconds) for name, seconds in lengths.items()])


def test_results_come_in_the_order_of_the_tasks(run):
    def scenario(kata):
        def sleeper(name, *seconds):
            yield from seconds
            return name

        return kata.run([sleeper("slow", 0.1, 0.1), sleeper("fast", 0.1), sleeper("at once")])

    assert run(scenario).value == ["slow", "fast", "at once"]


def test_no_tasks_no_results(run):
    assert run(lambda kata: kata.run([])).value == []


def test_tasks_start_in_the_order_given(run):
    def scenario(kata):
        log = []

        def sleeper(number):
            log.append(number)
            yield 0.1 if number % 2 else None

        kata.run([sleeper(number) for number in range(8)])
        return log

    started = run(scenario).value
    assert started == list(range(8)), f"The tasks 0 to 7 were started in this order: {started}."


@pytest.mark.trace
def test_naps_overlap_and_the_longest_counts(run):
    outcome = run(lambda kata: naps(kata, red=[1], green=[0.5, 0.5], blue=[0.9]))
    red, green, blue = (outcome.span(name) for name in ("red", "green", "blue"))
    first_end = min(one.ended for one in (red, green, blue))
    for one in (red, green, blue):
        assert one.began < first_end, (
            f"took {outcome.seconds:.1f} s, expected about 1: {one.lane} could start its nap only when somebody"
            " else's had ended."
        )
    assert outcome.seconds == about(1, not_=2.9), (
        "One nap of 1 s, two of 0.5 s and one of 0.9 s, all at the same time. Who slept, the task or the whole thread?"
    )


def test_nobody_wakes_early(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        def sleeper(seconds):
            began = perf_counter()
            yield seconds
            return seconds, perf_counter() - began

        return kata.run([sleeper(seconds) for seconds in (0.1, 0.2, 0.05, 0.2)])

    for asked, slept in run(scenario).value:
        assert slept >= asked - 0.02, (
            f"A task asked for {asked} s and was woken after {slept:.3f} s."
        )


def test_a_nap_begins_when_it_is_asked_for(run):
    """Not when the task's turn began: what the task did before its yield is no part of its nap."""

    def scenario(kata):
        from dojo.inside.stage import perf_counter

        def busy():
            yield
            time.sleep(0.3)  # as a long computation would
            asked = perf_counter()
            yield 0.2
            return perf_counter() - asked

        def other():
            yield 0.1

        return kata.run([busy(), other()])[0]

    slept = run(scenario).value
    assert slept == about(0.2, not_=0), (
        f"A task was busy for 0.3 s, then asked for 0.2 s, and was woken after {slept:.2f} s: from when did you count?"
    )


def test_the_shorter_nap_ends_first(run):
    """Which wake-up time comes first, the naps tell only if all are asked for at nearly the same moment."""

    def scenario(kata):
        from dojo.inside.stage import perf_counter

        for _ in range(20):  # once without a pause between the first and the last is enough
            asked, log = [perf_counter()], []

            def sleeper(seconds, log=log):
                yield seconds
                log.append(seconds)

            def last(asked=asked):
                asked.append(perf_counter())
                yield

            kata.run([*(sleeper(seconds) for seconds in (0.2, 0.1, 0.15)), last()])
            if asked[-1] - asked[0] < 0.03:
                break
        return log

    woke = run(scenario, limit=30).value
    assert woke == [0.1, 0.15, 0.2], f"Naps of 0.2, 0.1 and 0.15 s ended in this order: {woke}."


def test_zero_and_none_only_let_the_others_run(run):
    def scenario(kata):
        log = []

        def switcher(name, request):
            for number in range(1, 5):
                log.append((name, number))
                step(name, str(number))
                yield request

        kata.run([switcher("red", 0), switcher("green", None), switcher("blue", 0.0)])
        return log

    log = run(scenario).value
    taken = {"red": 0, "green": 0, "blue": 0}
    for name, number in log:
        behind = [other for other in taken if taken[other] < number - 1]
        assert not behind, (
            f"{name} took its step {number} before {behind[0]} could take its step {taken[behind[0]] + 1}."
        )
        taken[name] = number
    assert taken == {"red": 4, "green": 4, "blue": 4}, f"Everybody has 4 steps to take: {taken}."


def test_one_task_runs_on_while_the_other_sleeps(run):
    """One takes five naps, the other switches and switches: neither holds the other up."""

    def scenario(kata):
        from dojo.inside.stage import perf_counter

        done, switches, began = [], [0], perf_counter()

        def sleeper():
            for number in range(5):
                with span("sleeper"):
                    yield 0.1
                done.append(number)

        def switcher():
            with span("switcher"):
                while len(done) < 5 and perf_counter() < began + 5:
                    switches[0] += 1
                    yield 0
            return len(done)

        return kata.run([sleeper(), switcher()])[1], switches[0]

    woken, switches = run(scenario).value
    assert woken == 5, (
        f"A task asked for five naps of 0.1 s. After 5 s {woken} of them had ended, because another task only"
        " yielded 0 all the time: look at the wake-up times also when somebody is ready to run."
    )
    assert switches > 30, (
        f"While one task took five naps of 0.1 s, another that yields 0 could run {switches} times, and not thousands"
        " of times: it was ready, and yet the whole thread slept."
    )


def test_all_runs_in_the_callers_thread(run):
    def scenario(kata):
        from threading import get_ident

        def sleeper():
            seen = [get_ident()]
            yield 0.05
            return [*seen, get_ident()]

        return [get_ident()], kata.run([sleeper(), sleeper()])

    caller, seen = run(scenario).value
    assert seen == [caller * 2] * 2, (
        "The tasks ran in other threads than the one that called run: one thread is enough."
    )


def test_who_asked_first_for_the_same_time_wakes_first(run):
    """Readings of a real clock are never equal, so the clocks of this run move in steps of 15 ms."""

    def scenario(kata):
        asked, woken = [], []

        def sleeper(number):
            if number[0] % 2:
                yield 0  # so that they do not ask in the order of the list
            for _ in range(4):
                asked.append(number[0])
                yield 0.03
                woken.append(number[0])

        def scatter():  # what is made next lies anywhere in memory, not one behind the other
            blocks = [bytes(size) for size in range(1, 600, 8) for _ in range(60)]
            for number in sorted(range(len(blocks)), key=lambda n: n * 7919 % len(blocks)):
                blocks[number] = None

        numbers = [[None] for _ in range(50)]
        made = sorted(
            ((sleeper(number), number) for number in numbers),
            key=lambda pair: id(pair[0]),
            reverse=True,
        )
        for place, (_, number) in enumerate(made):
            number[0] = place
        scatter()
        kata.run([one for one, _ in made])
        return asked, woken

    asked, woken = run(scenario, before=[coarse_clocks]).value
    assert len(asked) == len(woken) == 200
    apart = next((n for n in range(200) if asked[n] != woken[n]), None)
    assert apart is None, (
        f"All tasks ask for 0.03 s. The tasks number {asked[apart : apart + 6]} asked in this order,"
        f" and numbers {woken[apart : apart + 6]} woke in this one: what decides between equal wake-up times?"
    )


def test_while_everybody_sleeps_so_does_the_processor(run):
    def scenario(kata):
        from time import process_time

        from dojo.inside.preludes import calls
        from dojo.inside.stage import perf_counter

        def readings():
            try:
                from resource import RUSAGE_THREAD, getrusage

                waits = getrusage(RUSAGE_THREAD).ru_nvcsw
            except ImportError:
                waits = 0
            return perf_counter(), process_time(), max(waits, calls["time.sleep"])

        seen = []

        def sleeper(number):
            if number == 2:
                seen.append(readings())
            yield 1
            if len(seen) == 1:
                seen.append(readings())

        kata.run([sleeper(number) for number in range(3)])
        return [after - before for before, after in zip(*seen, strict=True)]

    seconds, cpu, waits = run(scenario, before=[watch("time.sleep")]).value
    assert cpu < 0.05 * seconds, (
        f"For {seconds:.1f} s everybody slept, and the processor was busy for {cpu:.2f} s of it"
        f" ({cpu / seconds:.0%}; allowed are 5 %)."
    )
    assert waits < 40, (
        f"For {seconds:.1f} s everybody slept, and the thread woke {waits} times to find nobody due: the first"
        " wake-up time is known, so sleep until then."
    )


def test_ten_thousand_sleepers(run):
    def scenario(kata):
        def sleeper(number):
            yield 0.3 + number * 7919 % 10_000 / 50_000
            return number

        return kata.run([sleeper(number) for number in range(10_000)])

    outcome = run(scenario, limit=30)
    assert outcome.value == list(range(10_000))
    assert outcome.seconds == about(0.5, not_=40), "10,000 naps of 0.3 to 0.5 s at the same time:"


def test_the_cost_of_a_switch_does_not_grow_with_the_number_of_sleepers(run):
    def scenario(kata):
        clock = time.perf_counter if os.name == "nt" else time.process_time
        nap = [0.2]  # long enough for all to be asleep at the same time, so it depends on the code

        def costs(sleepers):
            """Microseconds per sleeper that falls asleep, per switch while they sleep, per sleeper that wakes."""
            marks, woken = [], []

            def sleeper():
                if not marks:
                    marks.append(clock())
                yield nap[0]
                if not woken:
                    woken.append(clock())
                woken[1:] = [clock()]

            def switcher():
                began = time.monotonic()
                marks.append(clock())
                for _ in range(1000):
                    yield 0
                marks.append(clock())
                too_short = bool(woken)
                time.sleep(max(0, nap[0] - (time.monotonic() - began)))  # now everybody is due
                return too_short

            too_short = kata.run([*(sleeper() for _ in range(sleepers)), switcher()])[-1]
            if too_short and nap[0] < 2:
                nap[0] *= 2
                return costs(sleepers)
            phases = [marks[1] - marks[0], marks[2] - marks[1], woken[1] - woken[0]]
            times = [sleepers, 1000, sleepers]
            return [max(p, 1e-5) / n * 1e6 for p, n in zip(phases, times, strict=True)]

        # A wall clock counts what others do meanwhile, too: the best of more rounds does not.
        rounds = [(costs(200), costs(4000)) for _ in range(3 if clock is time.process_time else 10)]
        few, many = zip(*rounds, strict=True)
        return [[min(column) for column in zip(*some, strict=True)] for some in (few, many)]

    few, many = run(scenario, limit=60).value
    doing = ["Falling asleep", "A switch (yield 0) while they sleep", "Waking up"]
    for what, one, other in zip(doing, few, many, strict=True):
        assert other < 5 * one, (
            f"{what} costs {one:.1f} µs among 200 sleepers and {other:.1f} µs among 4,000,"
            f" {other / one:.0f} times as much: something goes through all sleepers at every switch."
        )


def test_a_negative_time_is_a_value_error_at_the_yield(run):
    def scenario(kata):
        def task():
            try:
                yield -1
            except ValueError:
                return "caught"
            return "no ValueError at the yield"

        return kata.run([task()])

    assert run(scenario).value == ["caught"]


def test_a_task_that_caught_it_goes_on(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        def task():
            caught = 0
            for seconds in (-1, -0.5):
                try:
                    yield seconds
                except ValueError:
                    caught += 1
            began = perf_counter()
            try:
                yield -2
            except ValueError:
                yield 0.3  # what throw() brings back is a request, too
            slept = perf_counter() - began
            began = perf_counter()
            try:
                yield -3
            except ValueError:
                yield
            return caught, slept, perf_counter() - began

        def other():
            yield 0.1
            return "other"

        return kata.run([task(), other()])

    answer, other = run(scenario).value
    assert isinstance(answer, tuple), (
        f"A task caught the ValueError and went on. Its result was {answer!r}: what throw() brings back is a request"
        " like any other, and may be None."
    )
    caught, slept, gave_way = answer
    assert caught == 2, (
        f"A task yielded two negative times, one after the other, and {caught} of them was refused:"
        " throw() returns what the task yields next, and that is a request like any other."
    )
    assert slept == about(0.3, not_=0), (
        f"After the ValueError the task asked for 0.3 s and was woken after {slept:.2f} s."
    )
    assert gave_way == about(0, not_=1), (
        f"After the ValueError the task only gave way, with a bare yield, and it took {gave_way:.2f} s."
    )
    assert other == "other"


def test_a_negative_time_that_nobody_catches_takes_the_tasks_slot(run):
    def scenario(kata):
        def careless():
            yield -1

        def other():
            yield 0.1
            return "other"

        return kata.run([other(), careless(), other()])

    assert run(scenario).value == ["other", raised(ValueError), "other"]


def test_an_exception_takes_its_tasks_slot_and_the_others_go_on(run):
    def scenario(kata):
        def fails(*seconds):
            yield from seconds
            raise KeyError("boom")

        def works(name):
            yield 0.1
            yield 0.1
            return name

        return kata.run([works("first"), fails(0.1), fails(), works("last")])

    assert run(scenario).value == ["first", raised(KeyError), raised(KeyError), "last"]


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
            return kata.run([works(), interrupted()])
        except KeyboardInterrupt:
            return "came out"

    came = run(scenario).value
    assert came == "came out", (
        f"Ctrl-C was pressed while a task ran: the program is to end. Instead there came {came}: a task's slot takes"
        " an Exception, and KeyboardInterrupt is none."
    )
