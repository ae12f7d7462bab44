"""Puts the exception among the results, where it should have come out of the call.

Caught by: test_a_failure_comes_out
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.exception or job.value for job in jobs]
