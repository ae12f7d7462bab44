"""Lets the first failure come out: the other calls' values are lost.

Caught by: test_a_failure_stands_in_its_own_place
"""

import gevent


def run_all(calls):
    greenlets = [gevent.spawn(function, *args, **kwargs) for function, args, kwargs in calls]
    gevent.joinall(greenlets, raise_error=True)
    return [greenlet.value for greenlet in greenlets]
