"""Keeps the greenlets by call: a call that stands in the list twice is started twice, and waited for once.

Caught by: test_the_same_call_twice_is_two_calls
"""

from collections.abc import Callable
from typing import Any

import gevent

Call = tuple[Callable[..., Any], tuple, dict[str, Any]]  # function, args, kwargs


def _guard(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls: list[Call]) -> list[Any]:
    """Run `function(*args, **kwargs)` for every call and return their results, in the order given."""
    greenlets = {id(call): gevent.spawn(_guard, *call) for call in calls}
    gevent.joinall(list(greenlets.values()))
    return [greenlets[id(call)].value for call in calls]
