"""Starts the threads, reads the clock and returns, while they are still playing.

Caught by: test_the_result_is_the_time_per_hit[threads]
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
    turns = {"ping": threading.Semaphore(1), "pong": threading.Semaphore(0)}

    def player(me, you):
        for _ in range(rounds):
            turns[me].acquire()
            hit(me)
            turns[you].release()

    threads = [
        threading.Thread(target=player, args=pair, daemon=True)
        for pair in (("ping", "pong"), ("pong", "ping"))
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    return (time.perf_counter() - started) / (2 * rounds)
