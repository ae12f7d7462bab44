"""Imports the judge's own modules.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: error
Says: No module named 'dojo'
"""

import dojo.process  # noqa: F401
