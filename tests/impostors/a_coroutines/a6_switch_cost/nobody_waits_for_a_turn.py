"""Starts two threads that hit without waiting for each other: no strict turns, hardly a switch.

Caught by: test_ping_and_pong_take_strict_turns[threads]
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
    def player(word):
        for _ in range(rounds):
            hit(word)

    threads = [threading.Thread(target=player, args=(word,)) for word in ("ping", "pong")]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
