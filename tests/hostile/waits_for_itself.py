"""Waits for a lock that it holds itself.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import threading


def run_serially(tasks):
    lock = threading.Lock()
    with lock, lock:
        return []
