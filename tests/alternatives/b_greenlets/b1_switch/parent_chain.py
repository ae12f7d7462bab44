"""Each goes on when its child ends: play is the parent of eat, the caller the parent of play."""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        player.switch(name)
        log.append(f"{name} eat 2")

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    player = greenlet(play)
    eater = greenlet(eat, player)
    eater.switch(name)
