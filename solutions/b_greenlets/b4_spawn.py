"""Start many calls as gevent greenlets, wait for them, and collect what they returned.

The lesson: katas/b_greenlets/b4_spawn.md
"""

from collections.abc import Callable
from typing import Any

import gevent

Call = tuple[Callable[..., Any], tuple, dict[str, Any]]  # function, args, kwargs


def result(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> Any:
    # gevent prints the traceback of whatever leaves a greenlet. So nothing leaves it, and `value`
    # is always the whole story: without this a failed greenlet's `value` would be None.
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls: list[Call]) -> list[Any]:
    """Run `function(*args, **kwargs)` for every call and return their results, in the order given.

    All of them are started before any is waited for; the functions wait with `gevent.sleep`. If a
    function fails, the Exception that it raised stands in its place, and gevent prints nothing.
    """
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]


if __name__ == "__main__":
    import time

    def eat(name: str, seconds: float = 1) -> str:
        print(f"{name} eat 1")
        gevent.sleep(seconds)
        print(f"{name} eat 2")
        return f"{name} has eaten"

    def play(name: str, game: str) -> str:
        print(f"{name} play 1")
        gevent.sleep(1)
        print(f"{name} play 2")
        raise ValueError(f"{game} is broken")

    started = time.perf_counter()
    calls = [
        (eat, ("Ada",), {}),
        (eat, ("Grace",), {"seconds": 2}),
        (play, ("Ada",), {"game": "chess"}),
    ]
    for result in run_all(calls):
        print(repr(result))
    print(f"together: {time.perf_counter() - started:.1f} s")
