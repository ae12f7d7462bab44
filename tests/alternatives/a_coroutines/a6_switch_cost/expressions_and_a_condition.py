"""Two generator expressions in a zip; two threads that wait on one condition for a variable."""

import threading
import time
from collections import deque
from itertools import repeat


def ping_pong_generators(rounds, hit):
    ping = (hit(word) for word in repeat("ping", rounds))
    pong = (hit(word) for word in repeat("pong", rounds))
    started = time.perf_counter_ns()
    deque(zip(ping, pong, strict=True), maxlen=0)
    return (time.perf_counter_ns() - started) / 1e9 / (2 * rounds)


class Game:
    def __init__(self):
        self.turn, self.changed = "ping", threading.Condition()

    def play(self, rounds, hit, me, you):
        for _ in range(rounds):
            with self.changed:
                self.changed.wait_for(lambda: self.turn == me)
                hit(me)
                self.turn = you
                self.changed.notify()


def ping_pong_threads(rounds, hit):
    game = Game()
    pong = threading.Thread(target=game.play, args=(rounds, hit, "pong", "ping"))
    started = time.monotonic()
    pong.start()
    game.play(rounds, hit, "ping", "pong")
    pong.join()
    return (time.monotonic() - started) / (2 * rounds)
