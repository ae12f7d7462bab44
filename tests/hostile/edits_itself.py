"""Edits its own file, to look different next time.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: error, failed
Sandbox: needed
"""

from pathlib import Path


def run_serially(tasks):
    Path(__file__).write_text("")
    return []
