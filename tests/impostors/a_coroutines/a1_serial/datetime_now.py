"""The spans are read from datetime.now(), the time of day, which may be set back.

Caught by: test_the_clock_never_runs_backwards
"""

from datetime import datetime
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    spans = []
    for task in tasks:
        started = datetime.now()
        result = task()
        spans.append(Span(result, started.timestamp(), datetime.now().timestamp()))
    return spans
