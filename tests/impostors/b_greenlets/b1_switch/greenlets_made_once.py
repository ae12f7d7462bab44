"""Makes the two greenlets when it is imported: a second call finds them dead, and nothing runs.

Caught by: test_control_is_back_in_the_caller
"""

from greenlet import greenlet

logs = []


def eat(name):
    logs[-1].append(f"{name} eat 1")
    player.switch(name)
    logs[-1].append(f"{name} eat 2")


def play(name):
    logs[-1].append(f"{name} play 1")
    eater.switch()
    logs[-1].append(f"{name} play 2")


player = greenlet(play)
eater = greenlet(eat, player)


def eat_and_play(name, log):
    logs.append(log)
    eater.switch(name)
