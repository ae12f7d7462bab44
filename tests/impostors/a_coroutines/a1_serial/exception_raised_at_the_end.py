"""Raises the exception only when all tasks have run: the later ones should never have started.

Caught by: test_an_exception_leaves_at_once_and_later_tasks_never_start
"""

import time
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_serially(tasks):
    spans = []
    first_error = None
    for task in tasks:
        started = time.monotonic()
        try:
            spans.append(Span(task(), started, time.monotonic()))
        except Exception as error:
            first_error = first_error or error
    if first_error:
        raise first_error
    return spans
