"""Runs the first generator to its end, then the second: all pings, then all pongs.

Caught by: test_ping_and_pong_take_strict_turns[generators]
"""

import threading
import time


def ping_pong_generators(rounds, hit):
    def player(word):
        for _ in range(rounds):
            hit(word)
            yield

    started = time.perf_counter()
    for word in ("ping", "pong"):
        for _ in player(word):
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
        threading.Thread(target=player, args=pair) for pair in (("ping", "pong"), ("pong", "ping"))
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
