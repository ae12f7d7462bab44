"""Write a small gevent: greenlets that wait in a hub, and a patch that makes blocking code cooperative.

The lesson: katas/f_capstones/f2_mini_gevent.md
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from greenlet import greenlet


class Task(greenlet):
    """A function that runs in a greenlet of its own. `spawn` makes it."""


def spawn(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run function(*args, **kwargs) beside the others, in a greenlet.

    An Exception ends only this greenlet; its traceback is printed.
    """
    # TODO: a hub first, as in b3; then have it wait in a selector; the patch comes last.
    raise NotImplementedError


def joinall(tasks: Iterable[Task]) -> None:
    """Let the greenlets run until all of `tasks` have ended."""
    raise NotImplementedError


def sleep(seconds: float = 0) -> None:
    """Let the others run for `seconds`."""
    raise NotImplementedError


def patch() -> None:
    """Have code that is imported from now on wait in the hub, though it knows nothing of it.

    Covered are time.sleep, socket.socket, select.select and the classes of selectors; threads,
    locks, names (DNS) and TLS are not. Numeric addresses are no names.
    """
    raise NotImplementedError


if __name__ == "__main__":
    patch()

    def twice(what: str) -> None:
        print(f"Ada {what} 1")
        time.sleep(2)
        print(f"Ada {what} 2")

    started = time.perf_counter()
    joinall([spawn(twice, "eat"), spawn(twice, "play")])
    print(f"2 s and 2 s: {time.perf_counter() - started:.1f} s")
