"""What one switch costs: between two generators, and between two threads.

The lesson: katas/a_coroutines/a6_switch_cost.md
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Hit = Callable[[str], Any]  # called with "ping" and "pong" in turn


def ping_pong_generators(rounds: int, hit: Hit) -> float:
    """Two generators in one thread: one calls `hit("ping")`, the other `hit("pong")`, in strict turn.

    Each calls it `rounds` times (at least 1). The result is the time that all of it took, in seconds,
    divided by the number of hits: what one turn costs.
    """

    def player(word: str) -> Iterator[None]:
        for _ in range(rounds):
            hit(word)
            yield

    ping, pong = player("ping"), player("pong")
    started = time.perf_counter()
    for _ in range(rounds):
        next(ping)
        next(pong)
    return (time.perf_counter() - started) / (2 * rounds)


def ping_pong_threads(rounds: int, hit: Hit) -> float:
    """The same game between two threads. Nobody sleeps, and nobody waits with a time-out."""
    # Bare locks are the cheapest handover that threads have: anything else would flatter the generators.
    # A lock, unlike an RLock, may be released by another thread than the one that took it.
    ping_may, pong_may = threading.Lock(), threading.Lock()
    ping_may.acquire()
    pong_may.acquire()

    def player(word: str, my_turn: threading.Lock, your_turn: threading.Lock) -> None:
        for _ in range(rounds):
            my_turn.acquire()
            hit(word)
            your_turn.release()

    ping = threading.Thread(target=player, args=("ping", ping_may, pong_may))
    pong = threading.Thread(target=player, args=("pong", pong_may, ping_may))
    ping.start()
    pong.start()
    # The clock starts when both stand ready: making a thread is not switching to it.
    started = time.perf_counter()
    ping_may.release()
    ping.join()
    pong.join()
    return (time.perf_counter() - started) / (2 * rounds)


if __name__ == "__main__":
    rounds = 10_000
    ball: list[str] = []
    generators = ping_pong_generators(rounds, ball.append)
    threads = ping_pong_threads(rounds, ball.append)
    print(*ball[:4], "…", f"{len(ball):,} hits")
    print(f"a switch between generators: {generators * 1e6:6.2f} µs")
    print(f"a switch between threads:    {threads * 1e6:6.2f} µs")
    print(f"threads pay {threads / generators:.0f} times as much")
