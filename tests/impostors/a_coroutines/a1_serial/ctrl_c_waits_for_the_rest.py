"""Ends at once for an Exception only; after Ctrl-C, which is none, the tasks that are left run first.

Caught by: test_ctrl_c_leaves_at_once_too
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
    spans: list[Span] = []
    interrupted: BaseException | None = None
    for task in tasks:
        result = None
        started = time.perf_counter()
        try:
            result = task()
        except Exception:
            raise
        except BaseException as signal:  # an order to stop: first bring things to an end
            interrupted = signal
        spans.append(Span(result, started, time.perf_counter()))
    if interrupted is not None:
        raise interrupted
    return spans
