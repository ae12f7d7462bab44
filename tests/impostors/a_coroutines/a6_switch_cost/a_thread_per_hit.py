"""Starts a new thread for every hit: what it measures is making threads.

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
    started = time.perf_counter()
    for _ in range(rounds):
        for word in ("ping", "pong"):
            thread = threading.Thread(target=hit, args=(word,))
            thread.start()
            thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
