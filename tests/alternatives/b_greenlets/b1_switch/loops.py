"""The same function twice, as a loop; the name travels in a list that is empty from the second switch on."""

from functools import partial

from greenlet import greenlet


def eat_and_play(name, log):
    def act(what, other, arguments, name):
        for number in (1, 2):
            log.append(f"{name} {what} {number}")
            if (what, number) != ("play", 2):
                players[other].switch(*arguments)
                arguments = ()

    players = {}
    players["eat"] = greenlet(partial(act, "eat", "play", (name,)))
    players["play"] = greenlet(partial(act, "play", "eat", ()), players["eat"])
    players["eat"].switch(name)
