"""Computes a number that takes minutes.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""


def run_serially(tasks):
    return 3 ** (10**9)
