"""Spawns greenlets but patches nothing: the first sleep holds up all of them.

Caught by: test_two_two_second_naps_take_about_two_seconds
"""

import gevent


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
