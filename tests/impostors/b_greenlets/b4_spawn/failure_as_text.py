"""Puts the text of an exception in its place, not the exception.

Caught by: test_a_failure_stands_in_its_own_place
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return str(error)


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
