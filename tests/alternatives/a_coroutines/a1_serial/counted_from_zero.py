"""Reads perf_counter, counted from its own start: its times compare with no other clock."""

from itertools import count
from time import perf_counter
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    tasks, spans = list(tasks), []
    zero = perf_counter()
    for number in count():
        if number == len(tasks):
            return spans
        started = perf_counter() - zero
        result = tasks[number]()
        spans.append(Span(result, started, perf_counter() - zero))
