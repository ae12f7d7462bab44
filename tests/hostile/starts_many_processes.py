"""Starts a hundred and fifty processes that never end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended
Says: processes running at once
"""

import os
import time


def run_serially(tasks):
    for _ in range(150):
        if os.fork() == 0:
            time.sleep(1000)
    time.sleep(1000)
