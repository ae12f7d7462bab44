"""Calls four functions in the right order: the lines are right, but nothing ever switched.

Caught by: test_exactly_two_greenlets_do_the_work
"""


def eat_and_play(name, log):
    for number in (1, 2):
        for activity in ("eat", "play"):
            log.append(f"{name} {activity} {number}")
