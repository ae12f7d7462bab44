"""Imports the suite, to read or to change it.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: error
Says: No module named 'tests'
"""

import tests.a_coroutines.test_a1_serial  # noqa: F401
