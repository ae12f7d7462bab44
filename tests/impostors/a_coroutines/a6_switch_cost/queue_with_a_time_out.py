"""Hands the ball over in queues, with a time-out in case that it gets lost.

Caught by: test_nobody_sleeps_or_waits_with_a_time_out
"""

import queue
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
    balls = {"ping": queue.SimpleQueue(), "pong": queue.SimpleQueue()}

    def player(me, you):
        for _ in range(rounds):
            ball = balls[me].get(timeout=5)
            hit(me)
            balls[you].put(ball)

    threads = [
        threading.Thread(target=player, args=pair) for pair in (("ping", "pong"), ("pong", "ping"))
    ]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    balls["ping"].put("ball")
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / (2 * rounds)
