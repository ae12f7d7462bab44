"""Puts the calls into a pool of a hundred: it is large enough until somebody brings more.

Caught by: test_all_are_started_before_any_is_waited_for
"""

from gevent.pool import Pool


def attempt(call):
    function, args, kwargs = call
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    return Pool(100).map(attempt, calls)
