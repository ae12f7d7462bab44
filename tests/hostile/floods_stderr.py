"""Fills standard error without ever ending a line.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import os


def run_serially(tasks):
    while True:
        os.write(2, b"x" * 65536)
