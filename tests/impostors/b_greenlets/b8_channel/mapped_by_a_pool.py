"""Leaves it to a pool's imap: after a failure the next items are worked on until it is that one's turn to be told.

Caught by: test_after_a_failure_each_worker_begins_one_more_at_most
"""

from gevent.pool import Pool


def pipeline(source, work, workers, capacity):
    pool = Pool(workers)
    try:
        return list(pool.imap(work, source, maxsize=capacity + workers))
    finally:
        pool.kill()
