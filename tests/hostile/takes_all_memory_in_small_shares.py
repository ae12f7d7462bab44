"""Takes memory without end, a small share in each of several processes.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended
Says: MiB of memory, more than the 1,024 it may
"""

import os
import time


def run_serially(tasks):
    for _ in range(8):
        if os.fork() == 0:
            held = []
            for _ in range(25):
                held.append(bytearray(b"x" * (8 << 20)))
                time.sleep(0.02)
            time.sleep(1000)
    time.sleep(1000)
