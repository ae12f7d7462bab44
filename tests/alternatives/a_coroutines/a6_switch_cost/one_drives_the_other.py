"""The ping generator resumes the pong generator; the threads wait for events and the pool waits for them."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event


def ping_pong_generators(rounds, hit):
    def pong():
        while True:
            hit((yield))

    def ping():
        other = pong()
        next(other)
        for _ in range(rounds):
            hit("ping")
            other.send("pong")
            yield
        other.close()

    game = ping()
    started = time.time()
    for _ in game:
        pass
    return (time.time() - started) / rounds / 2


def ping_pong_threads(rounds, hit):
    may_ping, may_pong = Event(), Event()

    def player(word, mine, other):
        for _ in range(rounds):
            mine.wait()
            mine.clear()
            hit(word)
            other.set()

    with ThreadPoolExecutor(max_workers=2) as pool:
        started = time.time()
        games = [
            pool.submit(player, "ping", may_ping, may_pong),
            pool.submit(player, "pong", may_pong, may_ping),
        ]
        may_ping.set()
        for game in games:
            game.result()
        return (time.time() - started) / rounds / 2
