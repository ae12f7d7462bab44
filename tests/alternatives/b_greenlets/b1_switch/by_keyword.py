"""The name goes over as a keyword argument, and the caller resumes whoever is not yet dead."""

from greenlet import greenlet


def eat_and_play(name, log):
    def eat(name):
        log.append(f"{name} eat 1")
        player.switch(name=name)
        log.append(f"{name} eat 2")
        player.switch()

    def play(name):
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    eater, player = greenlet(eat), greenlet(play)
    eater.switch(name=name)
    for each in (eater, player):
        while not each.dead:
            each.switch()
