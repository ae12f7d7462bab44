"""Generators that are driven by send from a third one; threads that pass a byte through pipes."""

import os
import threading
from time import perf_counter


def ping_pong_generators(rounds, hit):
    def player(word):
        left = rounds
        while left:
            yield hit(word)
            left -= 1

    def referee(*players):
        for _ in range(rounds):
            for one in players:
                one.send(None)
                yield

    game = referee(player("ping"), player("pong"))
    began = perf_counter()
    sum(1 for _ in game)
    return (perf_counter() - began) / rounds / 2


def ping_pong_threads(rounds, hit):
    here, there = os.pipe(), os.pipe()

    def player(word, source, sink):
        for _ in range(rounds):
            os.read(source, 1)
            hit(word)
            os.write(sink, b".")

    threads = [
        threading.Thread(target=player, args=("ping", here[0], there[1])),
        threading.Thread(target=player, args=("pong", there[0], here[1])),
    ]
    for thread in threads:
        thread.start()
    began = perf_counter()
    os.write(here[1], b".")
    for thread in threads:
        thread.join()
    cost = (perf_counter() - began) / rounds / 2
    for descriptor in (*here, *there):
        os.close(descriptor)
    return cost
