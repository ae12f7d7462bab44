"""Leaves failed calls out of the list, so that what follows moves up into their places.

Caught by: test_a_failure_stands_in_its_own_place
"""

import gevent

FAILED = object()


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception:
        return FAILED


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets if greenlet.value is not FAILED]
