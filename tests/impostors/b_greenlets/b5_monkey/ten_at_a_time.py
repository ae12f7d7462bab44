"""Runs no more than ten tasks at a time: the eleventh waits until one of them has ended.

Caught by: test_hundreds_of_naps_overlap
"""

from gevent import monkey

monkey.patch_all()

from gevent.pool import Pool  # noqa: E402


def run_together(tasks):
    return Pool(10).map(lambda task: task(), tasks)
