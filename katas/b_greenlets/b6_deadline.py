"""Run tasks until a deadline; end those that are not done by then, and tell which is which.

The lesson: katas/b_greenlets/b6_deadline.md
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent


@dataclass(frozen=True)
class Finished:
    """The task returned `value`."""

    value: Any


@dataclass(frozen=True)
class Failed:
    """The task raised `error`."""

    error: Exception


@dataclass(frozen=True)
class Abandoned:
    """The task was not done at the deadline, and was ended."""


Outcome = Finished | Failed | Abandoned


def run_until(tasks: dict[str, Callable[[], Any]], seconds: float) -> dict[str, Outcome]:
    """Run all tasks at the same time, for at most `seconds`, and return each one's outcome by name.

    A task is a function without arguments that waits with `gevent.sleep`. The call returns as soon
    as all of them are done. At the deadline it ends the rest and waits until they have cleaned up
    (`finally`): nothing runs on after the return.
    """
    # TODO: spawn them, wait with a time limit, end those that still run, and wait for their end.
    raise NotImplementedError


if __name__ == "__main__":
    import time

    def nap(name: str, seconds: float) -> str:
        print(f"{time.perf_counter() - started:3.1f} s  {name} begins")
        try:
            gevent.sleep(seconds)
            return f"slept for {seconds} s"
        finally:
            print(f"{time.perf_counter() - started:3.1f} s  {name} cleans up")

    def fail() -> None:
        gevent.sleep(1)
        raise ValueError("boom")

    print("joined: only the short nap. Who gets to the end?")
    started = time.perf_counter()
    long = gevent.spawn(nap, "long nap", 2)
    gevent.spawn(nap, "short nap", 1).join()
    print(f"the long nap is finished: {long.dead}\n")
    long.kill()

    print("\nrun_until, with a deadline of 1.5 s:")
    started = time.perf_counter()
    tasks = {
        "short nap": lambda: nap("short nap", 1),
        "long nap": lambda: nap("long nap", 4),
        "failure": fail,
    }
    for name, outcome in run_until(tasks, 1.5).items():
        print(f"{time.perf_counter() - started:3.1f} s  {name}: {outcome}")
