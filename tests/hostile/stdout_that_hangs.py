"""Gives the right result, then hangs in the flush of its output.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import sys
import time
from types import SimpleNamespace


class Stuck:
    def write(self, text):
        return len(text)

    def flush(self):
        time.sleep(1000)


def run_serially(tasks):
    sys.stdout = Stuck()
    return [SimpleNamespace(result=task()) for task in tasks]
