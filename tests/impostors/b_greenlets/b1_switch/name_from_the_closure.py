"""Hands nothing over: both functions take the name from the function around them.

Caught by: test_the_name_is_handed_over_at_each_first_switch_only
"""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat():
        log.append(f"{name} eat 1")
        player.switch()
        log.append(f"{name} eat 2")

    def play():
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    eater, player = greenlet(eat), greenlet(play)
    eater.switch()
    player.switch()
