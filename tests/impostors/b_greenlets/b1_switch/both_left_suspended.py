"""Switches back to the caller instead of coming to an end: both greenlets stay suspended.

Caught by: test_both_greenlets_are_dead_at_the_end
"""

from greenlet import getcurrent, greenlet


def eat_and_play(name, log):
    caller = getcurrent()

    def eat(name):
        log.append(f"{name} eat 1")
        player.switch(name)
        log.append(f"{name} eat 2")
        player.switch()

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")
        caller.switch()

    eater, player = greenlet(eat), greenlet(play)
    eater.switch(name)
