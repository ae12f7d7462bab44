"""Ends as soon as play is over: eat still hangs in its last switch, for ever.

Caught by: test_both_greenlets_are_dead_at_the_end
"""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        player.switch(name)
        log.append(f"{name} eat 2")
        player.switch()

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    eater, player = greenlet(eat), greenlet(play)
    eater.switch(name)
