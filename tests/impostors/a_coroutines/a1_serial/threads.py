"""Runs the tasks in threads: they overlap, and three seconds of work take two.

Caught by: test_each_task_ends_before_the_next_begins
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple


class Span(NamedTuple):
    result: Any
    started: float
    finished: float


def run_one(task):
    started = time.monotonic()
    result = task()
    return Span(result, started, time.monotonic())


def run_serially(tasks):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run_one, tasks))
