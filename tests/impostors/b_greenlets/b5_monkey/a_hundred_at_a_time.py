"""Puts the tasks into a pool of a hundred: it is large enough until somebody brings more.

Caught by: test_hundreds_of_naps_overlap
"""

from gevent import monkey

monkey.patch_all()

from gevent.pool import Pool  # noqa: E402


def run_together(tasks):
    return Pool(100).map(lambda task: task(), tasks)
