"""Gives a result whose text takes for ever to make.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

from types import SimpleNamespace


class Endless:
    def __repr__(self):
        while True:
            pass


def run_serially(tasks):
    return [SimpleNamespace(result=Endless())]
