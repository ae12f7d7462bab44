"""Opens descriptors until there are none.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: Too many open files
"""

import os


def run_serially(tasks):
    while True:
        os.open(os.devnull, os.O_RDONLY)
