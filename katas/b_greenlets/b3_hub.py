"""A hub: it knows which greenlet sleeps until when, and lets the others run meanwhile.

The lesson: katas/b_greenlets/b3_hub.md
"""

import time
from collections.abc import Callable
from typing import Any


class Task:
    """What `Hub.spawn` returns.

    value  what the function returned, None before that
    error  the Exception that it raised, None if it raised none
    """

    def __init__(self) -> None:
        self.value: Any = None
        self.error: Exception | None = None


class Hub:
    """Runs functions as greenlets, all in the caller's thread; whoever sleeps lets the others run."""

    def spawn(self, function: Callable[..., Any], *args: Any) -> Task:
        """Have `run` call `function(*args)` in a greenlet of its own. A running task may spawn more."""
        # TODO: a greenlet for the function, remembered until `run` switches to it.
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        """Pause the task that calls this, from any depth of calls, and only this one."""
        # TODO: remember who wants to go on at which time, then switch to the hub.
        raise NotImplementedError

    def run(self) -> None:
        """Return when every task has ended, those included that were spawned meanwhile.

        An Exception that ends a task becomes its `error`; the others go on. While all tasks sleep,
        the thread sleeps.
        """
        # TODO: switch to whoever can run; if nobody can, sleep until the first one's time.
        raise NotImplementedError


if __name__ == "__main__":

    def two_naps(hub: Hub, sleep: Callable[[float], None]) -> None:
        started = time.perf_counter()

        def nap(who: str) -> None:
            print(f"  {time.perf_counter() - started:3.1f} s  {who} falls asleep")
            sleep(1)
            print(f"  {time.perf_counter() - started:3.1f} s  {who} wakes up")

        hub.spawn(nap, "eat")
        hub.spawn(nap, "play")
        hub.run()
        print(f"  together: {time.perf_counter() - started:.1f} s")

    print("time.sleep(1): a greenlet that meets I/O blocks in place, and all others with it")
    two_naps(Hub(), time.sleep)
    print("hub.sleep(1): the hub knows, and lets the others run")
    hub = Hub()
    two_naps(hub, hub.sleep)
