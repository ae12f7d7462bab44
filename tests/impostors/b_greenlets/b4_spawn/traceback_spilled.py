"""Lets the exception leave the greenlet, and reads it afterwards: gevent has printed its traceback by then.

Caught by: test_a_failure_spills_no_traceback
"""

import gevent


def run_all(calls):
    greenlets = [gevent.spawn(function, *args, **kwargs) for function, args, kwargs in calls]
    gevent.joinall(greenlets)
    return [greenlet.exception or greenlet.value for greenlet in greenlets]
