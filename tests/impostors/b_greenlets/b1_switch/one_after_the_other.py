"""Switches to each greenlet once and lets it run to its end: no turns are taken.

Caught by: test_the_four_lines_come_in_order
"""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        log.append(f"{name} eat 2")

    def play(name):
        log.append(f"{name} play 1")
        log.append(f"{name} play 2")

    greenlet(eat).switch(name)
    greenlet(play).switch(name)
