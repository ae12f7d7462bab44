"""Reads .value, which is None for a task that failed: its exception is lost.

Caught by: test_a_failure_comes_out
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.value for job in jobs]
