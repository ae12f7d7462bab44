"""The threads look again and again whose turn it is: dear and right. A barrier lets them begin together."""

import threading
import time


def ping_pong_generators(rounds, hit):
    def player(word):
        yield "ready"
        for _ in range(rounds):
            yield hit(word)

    players = [player("ping"), player("pong")]
    for one in players:
        next(one)
    started = time.perf_counter()
    for _ in range(rounds):
        for one in players:
            one.send(None)
    return (time.perf_counter() - started) / (2 * rounds)


def ping_pong_threads(rounds, hit):
    count, start, times = [0], threading.Barrier(2), []

    def player(word, parity):
        start.wait()
        times.append(time.perf_counter())
        for number in range(parity, 2 * rounds, 2):
            while count[0] != number:
                pass
            hit(word)
            count[0] += 1
        times.append(time.perf_counter())

    threads = [threading.Thread(target=player, args=pair) for pair in (("ping", 0), ("pong", 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (max(times) - min(times)) / (2 * rounds)
