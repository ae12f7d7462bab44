"""What one switch costs: between two generators, and between two threads.

The lesson: katas/a_coroutines/a6_switch_cost.md
"""

from collections.abc import Callable
from typing import Any

Hit = Callable[[str], Any]  # called with "ping" and "pong" in turn


def ping_pong_generators(rounds: int, hit: Hit) -> float:
    """Two generators in one thread: one calls `hit("ping")`, the other `hit("pong")`, in strict turn.

    Each calls it `rounds` times (at least 1). The result is the time that all of it took, in seconds,
    divided by the number of hits: what one turn costs.
    """
    # TODO: a generator that hits and gives way; let two of them play, and time it.
    raise NotImplementedError


def ping_pong_threads(rounds: int, hit: Hit) -> float:
    """The same game between two threads. Nobody sleeps, and nobody waits with a time-out."""
    # TODO: something to wait for that the other thread brings about; time it, and wait for both.
    raise NotImplementedError


if __name__ == "__main__":
    rounds = 10_000
    ball: list[str] = []
    generators = ping_pong_generators(rounds, ball.append)
    threads = ping_pong_threads(rounds, ball.append)
    print(*ball[:4], "…", f"{len(ball):,} hits")
    print(f"a switch between generators: {generators * 1e6:6.2f} µs")
    print(f"a switch between threads:    {threads * 1e6:6.2f} µs")
    print(f"threads pay {threads / generators:.0f} times as much")
