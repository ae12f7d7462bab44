"""Counts the tasks and takes them by their number: what is no list has neither length nor numbers.

Caught by: test_the_tasks_may_come_from_a_generator
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    spans = []
    for number in range(len(tasks)):
        started = time.monotonic()
        result = tasks[number]()
        spans.append(Span(result, started, time.monotonic()))
    return spans
