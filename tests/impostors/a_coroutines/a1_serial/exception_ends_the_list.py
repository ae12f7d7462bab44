"""Stops at an exception but keeps it to itself: the caller sees a short list and no error.

Caught by: test_an_exception_leaves_at_once_and_later_tasks_never_start
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    spans = []
    for task in tasks:
        started = time.monotonic()
        try:
            result = task()
        except Exception:
            break
        spans.append(Span(result, started, time.monotonic()))
    return spans
