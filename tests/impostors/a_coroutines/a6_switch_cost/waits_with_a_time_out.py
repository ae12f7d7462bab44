"""Waits for its turn a millisecond at a time and then looks whether it has come.

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
    turn, changed = ["ping"], threading.Condition()

    def player(me, you):
        for _ in range(rounds):
            with changed:
                while turn[0] != me:
                    changed.wait(0.001)
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
