"""Is gevent in other words: the hub that was to be written is borrowed.

Caught by: test_nothing_but_greenlet_and_the_standard_library
"""

from gevent import joinall, sleep, spawn  # noqa: F401


def patch():
    from gevent import monkey

    monkey.patch_all()
