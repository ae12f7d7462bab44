"""Lets the caller do the eating: only the playing has a greenlet of its own.

Caught by: test_exactly_two_greenlets_do_the_work
"""

from greenlet import getcurrent, greenlet


def eat_and_play(name, log):
    eater = getcurrent()

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    player = greenlet(play)
    log.append(f"{name} eat 1")
    player.switch(name)
    log.append(f"{name} eat 2")
    player.switch()
