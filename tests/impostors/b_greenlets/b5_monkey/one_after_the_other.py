"""Patches everything and then calls one task after the other: nobody else could run meanwhile.

Caught by: test_two_two_second_naps_take_about_two_seconds
"""

from gevent import monkey

monkey.patch_all()


def run_together(tasks):
    return [task() for task in tasks]
