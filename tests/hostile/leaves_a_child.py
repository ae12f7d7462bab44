"""Leaves a forked process behind.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: left a process behind
"""

import os
import time
from types import SimpleNamespace


def run_serially(tasks):
    if os.fork() == 0:
        time.sleep(1000)
    return [SimpleNamespace(result=task()) for task in tasks]
