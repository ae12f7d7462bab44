"""Imports the harness as __main__ and reports in its name.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: error
Says: has no attribute 'report'
"""

import __main__

__main__.report("loaded")
__main__.report("returned", value=["a", "b", None, ""], seconds=0, cpu=0, calls={})
