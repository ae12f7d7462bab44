"""Keeps whole nanoseconds, and spans that are frozen dataclasses made by one function."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Span:
    result: Any
    started: float
    finished: float


def timed(task: Callable[[], Any]) -> Span:
    started = time.monotonic_ns()
    result = task()
    finished = time.monotonic_ns()
    return Span(result, started / 1e9, finished / 1e9)


def run_serially(tasks):
    return list(map(timed, tasks))
