"""Ignores every signal that can be ignored, and never ends.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import signal


def run_serially(tasks):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    return sum(range(10**13))
