"""Takes memory without end.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended
Says: MiB of memory, more than the 1,024 it may
"""


def run_serially(tasks):
    held = []
    while True:
        held.append(bytearray(b"x" * (8 << 20)))
