"""Sets its stopwatch back to zero for each task: every span seems to begin at the same moment.

Caught by: test_spans_tell_when_each_task_really_ran
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
        zero = time.monotonic()
        result = task()
        spans.append(Span(result, 0.0, time.monotonic() - zero))
    return spans
