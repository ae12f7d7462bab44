"""Passes off the value of a failed greenlet, which is None, as a result.

Caught by: test_a_failure_stands_in_its_own_place
"""

import gevent


def run_all(calls):
    greenlets = [gevent.spawn(function, *args, **kwargs) for function, args, kwargs in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
