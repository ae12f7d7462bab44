"""Gives a result of a hundred million items.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended, timed-out
"""

from types import SimpleNamespace


def run_serially(tasks):
    return [SimpleNamespace(result=["x"] * 10**8)]
