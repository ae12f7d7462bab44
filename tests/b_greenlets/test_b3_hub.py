"""b3: a hub runs greenlets in one thread; whoever sleeps lets the others run."""

import sys
import time
from _thread import get_ident

import pytest

from dojo.suite import about, caught, raised, span, step, watch
from tests.server_contract import STARTERS

EVENT_LOOPS = ("gevent", "eventlet", "trio", "curio", "uvloop", "tornado", "twisted")
THOUSAND = 1_000
IDLE = 0.05  # of one core; sleeping costs a hundredth of that


def overlap(outcome, one, other):
    """Were two lanes at work at the same time?"""
    for lane in (one, other):
        assert outcome.span(lane).ended is not None, f"{lane} fell asleep and was never woken."
    return outcome.span(one).began < outcome.span(other).ended and (
        outcome.span(other).began < outcome.span(one).ended
    )


@pytest.mark.trace
@pytest.mark.observation
def test_two_greenlets_that_call_time_sleep_take_two_seconds(run):
    def scenario(kata):
        from greenlet import greenlet

        def nap(lane):
            with span(lane):
                time.sleep(1)

        eat, play = greenlet(nap), greenlet(nap)
        eat.switch("eat")
        play.switch("play")

    outcome = run(scenario)
    assert not overlap(outcome, "eat", "play"), "greenlet alone switches nothing while a task waits"
    assert outcome.seconds == about(2, not_=1)


def test_a_task_gets_its_arguments_and_its_value_is_kept(run):
    def scenario(kata):
        hub = kata.Hub()
        tasks = [hub.spawn(pow, 2, 10), hub.spawn(lambda: None), hub.spawn(str.upper, "hello")]
        hub.run()
        return [task.value for task in tasks]

    assert run(scenario).value == [1024, None, "HELLO"], (
        'The values of the tasks pow(2, 10), a function that returns None, and str.upper("hello"), after run():'
    )


def test_no_tasks_nothing_to_run(run):
    def scenario(kata):
        kata.Hub().run()
        return "returned"

    assert run(scenario).value == "returned"


@pytest.mark.trace
def test_naps_in_the_hub_overlap(run):
    def scenario(kata):
        hub = kata.Hub()

        def nap(lane):
            with span(lane):
                hub.sleep(0.3)

        for lane in ("eat", "play", "read", "sing", "swim", "work"):
            hub.spawn(nap, lane)
        hub.run()

    outcome = run(scenario)
    assert overlap(outcome, "eat", "play"), (
        f"took {outcome.seconds:.1f} s, expected about 0.3: play began only when eat had ended, so nobody ran"
        " while eat slept."
    )
    assert outcome.seconds == about(0.3, not_=1.8), "Six naps of 0.3 s, side by side:"


def test_everybody_sleeps_for_their_own_time(run):
    def scenario(kata):
        hub, log = kata.Hub(), []

        def long():
            with span("long"):
                hub.sleep(0.7)
            log.append("long")

        def short():
            for _ in range(2):
                with span("short"):
                    hub.sleep(0.1)
                log.append("short")

        hub.spawn(long)
        hub.spawn(short)
        hub.run()
        return log

    outcome = run(scenario)
    assert outcome.value == ["short", "short", "long"], (
        "One task takes two naps of 0.1 s, another one sleeps for 0.7 s: who wakes when?"
    )
    for nap in outcome.story.spans:
        slept, wanted = nap.ended - nap.began, 0.7 if nap.lane == "long" else 0.1
        assert slept > wanted - 0.02, (
            f"A nap of {wanted} s was over after {slept:.2f} s: somebody else's time was up, not this one's."
        )


def test_a_nap_begins_when_it_is_asked_for(run):
    """Not when the task's turn began: what the task did before is no part of its nap."""

    def scenario(kata):
        hub = kata.Hub()

        def busy():
            hub.sleep(0)
            time.sleep(0.3)  # as a long computation would
            asked = time.perf_counter()
            hub.sleep(0.2)
            return time.perf_counter() - asked

        task = hub.spawn(busy)
        hub.run()
        return task.value

    slept = run(scenario).value
    assert slept == about(0.2, not_=0), (
        f"A task was busy for 0.3 s, then slept for 0.2 s, and was woken after {slept:.2f} s: from when did you count?"
    )


def test_who_only_gives_way_holds_nobody_up(run):
    """One takes five naps, two others give way again and again, with sleep(0)."""

    def scenario(kata):
        hub, naps, turns = kata.Hub(), [], {"one": 0, "two": 0}

        def sleeper():
            for number in range(5):
                hub.sleep(0.05)
                naps.append(number)

        def busy(name):
            began = time.perf_counter()
            while len(naps) < 5 and time.perf_counter() < began + 3:
                turns[name] += 1
                hub.sleep(0)

        hub.spawn(sleeper)
        hub.spawn(busy, "one")
        hub.spawn(busy, "two")
        hub.run()
        return sorted(turns.values())

    outcome = run(scenario)
    least, most = outcome.value
    assert outcome.seconds == about(0.25, not_=3), (
        "A task took five naps of 0.05 s while two others only gave way, with sleep(0): who is ready again and again"
        " keeps the sleeper from its time."
    )
    assert least > most / 4, (
        f"Two tasks gave way to each other, with sleep(0): one had {most:,} turns, the other one {least:,}."
    )


def test_two_hubs_know_nothing_of_each_other(run):
    def scenario(kata):
        one, other, log = kata.Hub(), kata.Hub(), []

        def work(hub, text):
            hub.sleep(0.01)
            log.append(text)

        one.spawn(work, one, "a task of one hub")
        other.spawn(work, other, "a task of the other hub")
        one.run()
        after_one = list(log)
        other.run()
        return after_one, log

    after_one, log = run(scenario).value
    assert after_one == ["a task of one hub"], (
        f"Two hubs have a task each, and one of them ran. What ran was: {', '.join(after_one) or 'nothing'}."
    )
    assert log == ["a task of one hub", "a task of the other hub"]


def test_a_task_may_sleep_deep_in_its_calls(run):
    def scenario(kata):
        hub = kata.Hub()

        def dive(depth):
            if depth:
                return dive(depth - 1) + 1
            hub.sleep(0.05)
            return 0

        tasks = [hub.spawn(dive, depth) for depth in (0, 3, 30)]
        hub.run()
        return [task.value for task in tasks]

    assert run(scenario).value == [0, 3, 30]


def test_a_thousand_tasks_sleep_side_by_side(run):
    def scenario(kata):
        hub, begun, seen = kata.Hub(), [], []

        def nap(number):
            begun.append(number)
            hub.sleep(0 if seen else 0.6)
            seen.append(len(begun))
            return number

        tasks = [hub.spawn(nap, number) for number in range(THOUSAND)]
        hub.run()
        return seen[:1], [task.value for task in tasks]

    first, values = run(scenario, limit=30).value
    assert first, f"{THOUSAND:,} tasks fell asleep, run() returned, and none had been woken."
    (begun,) = first
    assert begun == THOUSAND, (
        f"When the first of {THOUSAND:,} naps was over, {begun:,} tasks had begun: the others had waited for it."
    )
    assert values == list(range(THOUSAND))


def test_a_failure_is_kept_and_hurts_no_other_task(run):
    def scenario(kata):
        hub = kata.Hub()

        def fail(seconds):
            if seconds:
                hub.sleep(seconds)
            raise ValueError(f"boom after {seconds} s")

        def work(seconds):
            hub.sleep(seconds)
            return "fine"

        tasks = [
            hub.spawn(function, seconds)
            for function, seconds in (
                (work, 0.2),
                (fail, 0),
                (work, 0.05),
                (fail, 0.1),
                (work, 0.2),
            )
        ]
        came_out = caught(hub.run)
        values = [getattr(task, "value", None) for task in tasks]
        errors = [getattr(task, "error", None) for task in tasks]
        return came_out, errors, [values[n] for n in (0, 2, 4)]

    came_out, errors, values = run(scenario).value
    assert came_out is None, (
        f"A task failed, and its exception came out of run(): {came_out!r}. It belongs into the task's `error`."
    )
    assert values == ["fine"] * 3, "the values of the three tasks that did not fail"
    assert errors == [
        None,
        raised(ValueError, "boom after 0 s"),
        None,
        raised(ValueError, "boom after 0.1 s"),
        None,
    ], "the errors of all five tasks: the second and the fourth failed"


def test_ctrl_c_is_no_tasks_error(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        hub = kata.Hub()

        def interrupted():
            hub.sleep(0.01)
            raise KeyboardInterrupt

        task = hub.spawn(interrupted)
        try:
            hub.run()
        except KeyboardInterrupt:
            return "came out"
        return task.error

    came = run(scenario).value
    assert came == "came out", (
        "Ctrl-C was pressed while a task ran: the program is to end, so KeyboardInterrupt comes out of run()."
        f" Instead run() returned, and the task's error is {came!r}."
    )


def test_tasks_spawned_by_tasks_run_to_their_end(run):
    def scenario(kata):
        hub, born = kata.Hub(), []

        def parent(generations):
            if generations:
                hub.sleep(0.02)
                born.append(hub.spawn(parent, generations - 1))
            else:
                hub.sleep(0.1)
            return generations

        born.append(hub.spawn(parent, 3))
        hub.run()
        return [task.value for task in born]

    values = run(scenario).value
    assert values == [3, 2, 1, 0], (
        "Each task spawned one more and ended, down to the last, which only slept."
        " These are the values of all of them when run() had returned."
    )


def test_tasks_spawned_by_tasks_run_beside_them(run):
    def scenario(kata):
        hub = kata.Hub()

        def nap(lane):
            with span(lane):
                hub.sleep(0.3)

        def parent():
            hub.spawn(nap, "child")
            nap("parent")

        hub.spawn(parent)
        hub.run()

    outcome = run(scenario)
    assert overlap(outcome, "parent", "child"), (
        "A task spawned a child and then slept for 0.3 s. The child slept, too, but not meanwhile."
    )


def test_what_becomes_of_a_child_does_not_disturb_its_parent(run):
    def scenario(kata):
        hub, log = kata.Hub(), []

        def note(who, text):
            step(who, text)
            log.append(f"{who} {text}")

        def child(fails):
            if fails:
                raise ValueError("boom")

        def parent(who, fails):
            hub.spawn(child, fails)
            began = time.perf_counter()
            note(who, "falls asleep")
            hub.sleep(0.2)
            early = time.perf_counter() - began < 0.18
            note(who, "is woken too early" if early else "wakes up")
            return who

        tasks = [hub.spawn(parent, "one", False), hub.spawn(parent, "two", True)]
        hub.run()
        return sorted(log), [getattr(task, "error", None) for task in tasks]

    log, errors = run(scenario).value
    assert errors == [None, None], (
        "Two tasks each spawn a child and then sleep. One child ends, the other one fails."
        f" These came up in the parents: {errors}."
    )
    assert log == ["one falls asleep", "one wakes up", "two falls asleep", "two wakes up"], (
        "Two tasks each spawn a child and then sleep for 0.2 s. One child ends, the other one fails: control then"
        " belongs to the hub, not to the parent."
    )


def test_while_everybody_sleeps_the_thread_sleeps(run):
    def scenario(kata):
        hub = kata.Hub()
        for _ in range(5):
            hub.spawn(hub.sleep, 0.5)
        hub.run()

    outcome = run(scenario)
    assert outcome.cpu < IDLE * 0.5, (
        f"Five tasks slept for 0.5 s, and meanwhile the program computed for {outcome.cpu:.2f} s:"
        " it asks again and again whether somebody's time is up."
    )


def test_everything_happens_in_one_thread(run):
    def scenario(kata):
        hub = kata.Hub()

        def nap():
            hub.sleep(0.1)
            return get_ident()

        tasks = [hub.spawn(nap) for _ in range(3)]
        hub.run()
        return [task.value == get_ident() for task in tasks]

    outcome = run(scenario, before=[watch(*STARTERS)])
    assert outcome.value == [True] * 3, "Tasks ran in other threads than the one that called run()."
    begun = sum(outcome.calls[name] for name in STARTERS[:2])
    assert not begun, f"It started {begun} threads of the system, expected none."


def test_nothing_but_greenlet_and_the_standard_library(run):
    def scenario(kata):
        hub = kata.Hub()
        hub.spawn(hub.sleep, 0.01)
        hub.run()
        return sorted({name.partition(".")[0] for name in sys.modules})

    borrowed = [name for name in run(scenario).value if name in EVENT_LOOPS]
    assert not borrowed, (
        f"{', '.join(borrowed)} was imported: this kata is about what such a library does inside, so it is to use"
        " nothing but greenlet and the standard library."
    )
