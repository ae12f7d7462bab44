"""Runs the reference in its own place.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: error
Says: FileNotFoundError
Sandbox: needed
"""

from pathlib import Path

reference = Path(__file__).parents[3] / "solutions" / "a_coroutines" / "a1_serial.py"
exec(reference.read_text())
