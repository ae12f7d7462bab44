"""A generator times one call after the other; list() drives it."""

from time import monotonic
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def spans(tasks):
    for task in iter(tasks):
        started, result = monotonic(), task()
        yield Span(result, started, monotonic())


def run_serially(tasks):
    return list(spans(tasks))
