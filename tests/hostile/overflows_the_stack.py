"""Lifts the recursion limit and overflows the stack of C.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended, failed
"""

import sys


def run_serially(tasks):
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(10**6):
        nested = [nested]
    return repr(nested)
