"""Reads the time of day, which may be set back while a task runs.

Caught by: test_the_clock_never_runs_backwards
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
        started = time.time()
        result = task()
        spans.append(Span(result, started, time.time()))
    return spans
