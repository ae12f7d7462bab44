"""Stops its own process, so that it can neither answer nor end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import os
import signal


def run_serially(tasks):
    while True:
        os.kill(os.getpid(), signal.SIGSTOP)
