"""Kills its own process.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended
Says: by SIGKILL, a signal
"""

import os
import signal


def run_serially(tasks):
    os.kill(os.getpid(), signal.SIGKILL)
