"""Copies the list of all turns that remain at every switch: it measures the copying.

Caught by: test_generators_are_at_least_five_times_cheaper
"""

import threading
import time


def ping_pong_generators(rounds, hit):
    def player(word):
        for _ in range(rounds):
            hit(word)
            yield

    turns = [player("ping"), player("pong")] * rounds
    started = time.perf_counter()
    while turns:
        next(turns[0])
        turns = [*turns[1:]]
    return (time.perf_counter() - started) / (2 * rounds)


def ping_pong_threads(rounds, hit):
    turns = {"ping": threading.Semaphore(1), "pong": threading.Semaphore(0)}

    def player(me, you):
        for _ in range(rounds):
            turns[me].acquire()
            hit(me)
            turns[you].release()

    threads = [
        threading.Thread(target=player, args=pair) for pair in (("ping", "pong"), ("pong", "ping"))
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
