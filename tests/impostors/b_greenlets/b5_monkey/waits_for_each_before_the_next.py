"""Waits for each greenlet before it spawns the next: they run one after the other.

Caught by: test_two_two_second_naps_take_about_two_seconds
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402


def run_together(tasks):
    return [gevent.spawn(task).get() for task in tasks]
