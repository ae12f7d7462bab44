"""b1: two greenlets hand control to each other by name."""

import pytest

from dojo.suite import step, watch_greenlets


def play(kata, name="Ada"):
    """What was logged, and by which greenlet: 0 is the caller, 1 the first other one seen, 2 the next."""
    from greenlet import getcurrent

    caller, seen, lines = getcurrent(), [getcurrent()], []

    class Log:
        def append(self, line):
            if getcurrent() not in seen:
                seen.append(getcurrent())
            number = seen.index(getcurrent())
            lines.append((line, number))
            step(f"greenlet {number}" if number else "caller", line)

    kata.eat_and_play(name, Log())
    return {
        "lines": lines,
        "dead": [greenlet.dead for greenlet in seen[1:]],
        "back": getcurrent() is caller,
        "identities": [id(greenlet) for greenlet in seen[1:]],
    }


@pytest.mark.trace
def test_the_four_lines_come_in_order(run):
    lines = [line for line, _ in run(lambda kata: play(kata)["lines"]).value]
    assert lines == ["Ada eat 1", "Ada play 1", "Ada eat 2", "Ada play 2"]


def test_exactly_two_greenlets_do_the_work(run):
    def scenario(kata):
        import greenlet

        switched_to = []
        greenlet.settrace(lambda event, pair: switched_to.append(pair[1]))
        played = play(kata)
        greenlet.settrace(None)
        others = {id(target) for target in switched_to} - {id(greenlet.getcurrent())}
        return played["lines"], len(others)

    lines, others = run(scenario).value
    by = dict(lines)
    assert 0 not in by.values(), "Lines were logged by the caller itself: nothing was switched to."
    assert by["Ada eat 1"] == by["Ada eat 2"], "eat 1 and eat 2 were logged by different greenlets."
    assert by["Ada play 1"] == by["Ada play 2"], (
        "play 1 and play 2 were logged by different greenlets."
    )
    assert by["Ada eat 1"] != by["Ada play 1"], "One greenlet logged everything."
    assert others == 2, f"{others} greenlets took part beside the caller, expected 2."


def test_the_name_is_handed_over_at_each_first_switch_only(run):
    def scenario(kata):
        from dojo.inside.preludes import switches

        identities = play(kata, "Grace")["identities"]
        return [
            [
                list(args) + list(kwargs.values())
                for target, args, kwargs in switches
                if target == identity
            ]
            for identity in identities
        ]

    handed_over = run(scenario, before=[watch_greenlets]).value
    assert len(handed_over) == 2, (
        f"{len(handed_over)} greenlets beside the caller logged something, expected 2."
    )
    for switches in handed_over:
        assert switches, (
            "A greenlet did its work, and nobody had started it with greenlet.switch()."
        )
        assert switches[0] == ["Grace"], (
            f"A greenlet's first switch() starts its function and hands it the name; it handed over {switches[0]}."
        )
        assert not any(switches[1:]), (
            f"Later switches only go on where the greenlet stood; they handed over {switches[1:]}."
        )


def test_both_greenlets_are_dead_at_the_end(run):
    dead = run(lambda kata: play(kata)["dead"]).value
    assert len(dead) == 2, f"{len(dead)} greenlets beside the caller logged something, expected 2."
    assert all(dead), (
        "A greenlet is still suspended in the middle of its function: let every one run to its end."
    )


def test_control_is_back_in_the_caller(run):
    def scenario(kata):
        from greenlet import greenlet

        caller = greenlet(
            lambda: play(kata, "Grace")
        )  # not the main greenlet: the caller may be any
        played = caller.switch()
        return caller.dead, played

    ended, played = run(scenario).value
    assert ended and played["back"], (
        "eat_and_play was called in a greenlet of the suite's, and at the end control went somewhere else."
    )
    lines = [line for line, _ in played["lines"]]
    assert lines == ["Grace eat 1", "Grace play 1", "Grace eat 2", "Grace play 2"], (
        "called in another greenlet"
    )
