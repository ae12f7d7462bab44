"""Runs everything inside a third greenlet that writes one of the lines itself.

Caught by: test_exactly_two_greenlets_do_the_work
"""

from greenlet import getcurrent, greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        getcurrent().parent.switch()
        log.append(f"{name} eat 2")

    def play(name):
        log.append(f"{name} play 1")

    def direct(name):
        eater, player = greenlet(eat), greenlet(play)
        eater.switch(name)
        player.switch(name)
        eater.switch()
        log.append(f"{name} play 2")

    greenlet(direct).switch(name)
