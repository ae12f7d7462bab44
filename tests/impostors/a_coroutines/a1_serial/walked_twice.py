"""Looks into the tasks before it begins, and so takes the first one out of a generator.

Caught by: test_the_tasks_may_come_from_a_generator
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    if not any(callable(task) for task in tasks):
        return []
    spans = []
    for task in tasks:
        started = time.monotonic()
        result = task()
        spans.append(Span(result, started, time.monotonic()))
    return spans
