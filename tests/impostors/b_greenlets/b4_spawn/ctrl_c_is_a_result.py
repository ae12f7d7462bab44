"""Catches BaseException in every call: Ctrl-C is found among the results, and the program goes on.

Caught by: test_ctrl_c_is_no_calls_result
"""

import gevent


def attempt(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except BaseException as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(attempt, *call) for call in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
