"""Starts three thousand threads that never end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
"""

import threading
import time


def run_serially(tasks):
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return []
