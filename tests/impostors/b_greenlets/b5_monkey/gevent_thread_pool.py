"""Hands the tasks to gevent's thread pool: these are threads of the system, not greenlets.

Caught by: test_everything_happens_in_one_thread
"""

from gevent.threadpool import ThreadPool


def run_together(tasks):
    pool = ThreadPool(max(1, len(tasks)))
    jobs = [pool.spawn(task) for task in tasks]
    return [job.get() for job in jobs]
