"""Looks again and again whose turn it is, and sleeps for no time in between: time.sleep(0) is a sleep, too.

Caught by: test_nobody_sleeps_or_waits_with_a_time_out
"""

import threading
import time


def ping_pong_generators(rounds, hit):
    def player(word):
        for _ in range(rounds):
            hit(word)
            yield

    started = time.perf_counter()
    for _ in zip(player("ping"), player("pong"), strict=True):
        pass
    return (time.perf_counter() - started) / (2 * rounds)


def ping_pong_threads(rounds, hit):
    turn = ["ping"]

    def player(word, other):
        for _ in range(rounds):
            while turn[0] != word:
                time.sleep(0)
            hit(word)
            turn[0] = other

    players = [
        threading.Thread(target=player, args=("ping", "pong")),
        threading.Thread(target=player, args=("pong", "ping")),
    ]
    started = time.perf_counter()
    for one in players:
        one.start()
    for one in players:
        one.join()
    return (time.perf_counter() - started) / (2 * rounds)
