"""Starts one thread that plays both sides: the system has nothing to switch.

Caught by: test_two_threads_play
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
    def player():
        for _ in range(rounds):
            hit("ping")
            hit("pong")

    thread = threading.Thread(target=player)
    started = time.perf_counter()
    thread.start()
    thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
