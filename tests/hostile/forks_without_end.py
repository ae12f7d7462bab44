"""Forks without end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended, timed-out
Sandbox: needed
"""

import contextlib
import os


def run_serially(tasks):
    while True:
        with contextlib.suppress(OSError):
            os.fork()
