"""Returns None, not an empty list, when there is nothing to do.

Caught by: test_no_tasks_no_spans
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    if not tasks:
        return None
    spans = []
    for task in tasks:
        started = time.monotonic()
        result = task()
        spans.append(Span(result, started, time.monotonic()))
    return spans
