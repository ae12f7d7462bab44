"""Sleeps until it is its turn: the sleep, not the switch, is what it measures.

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

    def player(me, you):
        for _ in range(rounds):
            while turn[0] != me:
                time.sleep(0.0001)
            hit(me)
            turn[0] = you

    threads = [
        threading.Thread(target=player, args=pair) for pair in (("ping", "pong"), ("pong", "ping"))
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
