"""Writes a file without end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: OSError
"""


def run_serially(tasks):
    with open("huge", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
