"""Reads the processor's time, which stands still while a task sleeps.

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
        started = time.process_time()
        result = task()
        spans.append(Span(result, started, time.process_time()))
    return spans
