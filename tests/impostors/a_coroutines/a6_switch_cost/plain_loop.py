"""Hits in a plain loop: right order, and no generator anywhere.

Caught by: test_two_generators_play
"""

import threading
import time


def ping_pong_generators(rounds, hit):
    started = time.perf_counter()
    for _ in range(rounds):
        hit("ping")
        hit("pong")
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
