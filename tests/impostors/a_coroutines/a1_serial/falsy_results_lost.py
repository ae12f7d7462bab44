"""A result that counts as false is taken for none.

Caught by: test_results_come_in_the_order_of_the_tasks
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
        started = time.perf_counter()
        result = task() or None
        spans.append(Span(result, started, time.perf_counter()))
    return spans
