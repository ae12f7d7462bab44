"""Calls each task once for its time and once more for its result.

Caught by: test_every_task_is_called_once
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
        task()
        finished = time.monotonic()
        spans.append(Span(task(), started, finished))
    return spans
