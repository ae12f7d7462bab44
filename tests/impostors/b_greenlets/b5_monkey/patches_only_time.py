"""Patches time and nothing else: whoever waits for a socket or a process still holds up all.

Caught by: test_a_blocking_recv_lets_the_others_run, test_subprocesses_run_side_by_side
"""

from gevent import monkey

monkey.patch_time()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
