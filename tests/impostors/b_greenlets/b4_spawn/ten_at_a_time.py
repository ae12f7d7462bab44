"""Runs no more than ten calls at a time: the eleventh starts when one of them has come back.

Caught by: test_all_are_started_before_any_is_waited_for
"""

from gevent.pool import Pool


def result(call):
    function, args, kwargs = call
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    return Pool(10).map(result, calls)
