"""Makes the main greenlet the parent: when they end, control goes there, not back to the caller.

Caught by: test_control_is_back_in_the_caller
"""

from greenlet import getcurrent, greenlet

main = getcurrent()


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        player.switch(name)
        log.append(f"{name} eat 2")

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    player = greenlet(play, parent=main)
    eater = greenlet(eat, parent=player)
    eater.switch(name)
