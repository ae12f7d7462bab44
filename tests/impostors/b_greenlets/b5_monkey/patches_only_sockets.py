"""Patches sockets and nothing else: a sleep still holds up all.

Caught by: test_two_two_second_naps_take_about_two_seconds
"""

from gevent import monkey

monkey.patch_socket()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
