"""A context manager notes the times; the span is filled in afterwards."""

import time
from contextlib import contextmanager
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


@contextmanager
def stopwatch():
    readings = [time.monotonic()]
    yield readings
    readings.append(time.monotonic())


def run_serially(tasks):
    spans = []
    for task in tasks:
        with stopwatch() as readings:
            result = task()
        spans.append(Span(result, *readings))
    return spans
