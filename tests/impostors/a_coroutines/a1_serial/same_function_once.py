"""A function that stands in the list twice is called once.

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
    for task in dict.fromkeys(tasks):
        started = time.perf_counter()
        result = task()
        spans.append(Span(result, started, time.perf_counter()))
    return spans
