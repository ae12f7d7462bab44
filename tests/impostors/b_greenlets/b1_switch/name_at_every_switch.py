"""Hands the name over at every switch, though each greenlet knows it from its first one.

Caught by: test_the_name_is_handed_over_at_each_first_switch_only
"""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        name = player.switch(name)
        log.append(f"{name} eat 2")

    def play(name):
        log.append(f"{name} play 1")
        name = eater.switch(name)
        log.append(f"{name} play 2")

    eater, player = greenlet(eat), greenlet(play)
    eater.switch(name)
    player.switch(name)
