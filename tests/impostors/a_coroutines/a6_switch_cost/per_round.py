"""Divides by the rounds, though every round is two hits: each switch seems to cost twice as much.

Caught by: test_the_result_is_the_time_per_hit
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
    return (time.perf_counter() - started) / rounds


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
    return (time.perf_counter() - started) / rounds
