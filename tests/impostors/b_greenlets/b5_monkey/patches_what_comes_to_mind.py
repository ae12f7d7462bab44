"""Patches time, sockets and threads, but not subprocess: a wait for a process holds up all.

Caught by: test_subprocesses_run_side_by_side
"""

from gevent import monkey

monkey.patch_time()
monkey.patch_socket()
monkey.patch_thread()
monkey.patch_queue()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs)
    return [job.get() for job in jobs]
