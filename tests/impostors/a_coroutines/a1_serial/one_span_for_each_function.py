"""Keeps the spans by function: one that stands in the list twice runs twice, and gets one span.

Caught by: test_every_task_is_called_once
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Span(NamedTuple):
    """What one task returned, and when it ran.

    `started` and `finished` are seconds of one monotonic clock: compare them only with each other.
    """

    result: Any
    started: float
    finished: float


def run_serially(tasks: Iterable[Callable[[], Any]]) -> list[Span]:
    """Call each task to its end before the next one begins: one span each, in the order given."""
    spans: dict[Callable[[], Any], Span] = {}
    for task in tasks:
        started = time.perf_counter()
        result = task()
        spans[task] = Span(result, started, time.perf_counter())
    return list(spans.values())
