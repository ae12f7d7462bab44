"""Makes a new greenlet for every line: nobody ever continues where it left off.

Caught by: test_exactly_two_greenlets_do_the_work
"""

from greenlet import greenlet


def eat_and_play(name, log):
    def say(name, activity, number):
        log.append(f"{name} {activity} {number}")

    for number in (1, 2):
        for activity in ("eat", "play"):
            greenlet(say).switch(name, activity, number)
