"""Patches when it is called: a task that looked time.sleep up before keeps the blocking one.

Caught by: test_a_sleep_looked_up_early_gives_way_too
"""

import gevent
from gevent import monkey


def run_together(tasks):
    monkey.patch_all()
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
