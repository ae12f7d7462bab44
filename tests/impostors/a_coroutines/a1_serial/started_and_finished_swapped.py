"""Swaps the two times: every task seems to finish before it has started.

Caught by: test_spans_tell_when_each_task_really_ran
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
        result = task()
        finished = time.monotonic()
        spans.append(Span(result, finished, started))
    return spans
