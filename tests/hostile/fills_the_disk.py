"""Fills every place that it may write to, with many files.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: No space left on device
Sandbox: needed
"""

import itertools


def run_serially(tasks):
    for number in itertools.count():
        for folder in ("/tmp", "/dev/shm", "/var/tmp", "."):
            try:
                with open(f"{folder}/{number}", "wb") as file:
                    file.write(b"x" * (1 << 20))
            except FileNotFoundError:
                pass
