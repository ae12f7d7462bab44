"""Patches all but sockets: whoever waits in recv or connect holds up all.

Caught by: test_a_blocking_recv_lets_the_others_run
"""

from gevent import monkey

monkey.patch_all(socket=False)

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
