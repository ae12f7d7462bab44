"""Divides by one hit more than there are: with many rounds nobody notices.

Caught by: test_the_result_of_a_single_round_is_the_time_per_hit
"""

import threading
import time


def ping_pong_generators(rounds, hit):
    def player(word):
        for _ in range(rounds):
            hit(word)
            yield

    ping, pong = player("ping"), player("pong")
    started = time.perf_counter()
    for _ in range(rounds):
        next(ping)
        next(pong)
    return (time.perf_counter() - started) / (2 * rounds + 1)


def ping_pong_threads(rounds, hit):
    ping_may, pong_may = threading.Semaphore(1), threading.Semaphore(0)

    def player(word, mine, other):
        for _ in range(rounds):
            mine.acquire()
            hit(word)
            other.release()

    ping = threading.Thread(target=player, args=("ping", ping_may, pong_may))
    pong = threading.Thread(target=player, args=("pong", pong_may, ping_may))
    started = time.perf_counter()
    ping.start()
    pong.start()
    ping.join()
    pong.join()
    return (time.perf_counter() - started) / (2 * rounds + 1)
