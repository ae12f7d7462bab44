"""Reads the clock once between two tasks: one's end is the next one's start."""

import time
from itertools import pairwise
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    results, readings = [], [time.perf_counter()]
    for task in tasks:
        results.append(task())
        readings.append(time.perf_counter())
    return [Span(result, *pair) for result, pair in zip(results, pairwise(readings), strict=True)]
