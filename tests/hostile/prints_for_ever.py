"""Prints without end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""


def run_serially(tasks):
    while True:
        print("all work and no play " * 50)
