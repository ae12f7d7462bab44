"""Gives each task a thread of the system: they overlap, but not within one thread.

Caught by: test_everything_happens_in_one_thread
"""

from concurrent.futures import ThreadPoolExecutor


def run_together(tasks):
    with ThreadPoolExecutor(max(1, len(tasks))) as pool:
        return list(pool.map(lambda task: task(), tasks))
