"""Asks the system for CLOCK_REALTIME, which is the time of day by another name and may be set back.

Caught by: test_the_clock_never_runs_backwards
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def now():
    if hasattr(time, "clock_gettime"):
        return time.clock_gettime(time.CLOCK_REALTIME)
    return time.time()  # Windows has the one name only


def run_serially(tasks):
    spans = []
    for task in tasks:
        started = now()
        result = task()
        spans.append(Span(result, started, now()))
    return spans
