"""Never ends, in C code that neither lets another thread run nor heeds a signal's handler.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: timed-out
Says: did not end within
"""

import re


def run_serially(tasks):
    return re.match(r"(a|a)*$", "a" * 60 + "b")
