"""Gives a result that is nested a hundred thousand deep.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
"""

from types import SimpleNamespace


def run_serially(tasks):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return [SimpleNamespace(result=nested)]
