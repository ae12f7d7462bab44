"""Calls a function that failed once more, outside its greenlet, to get hold of the exception.

Caught by: test_each_function_is_called_once
"""

import gevent

FAILED = object()


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception:
        return FAILED


def again(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return [
        again(*call) if greenlet.value is FAILED else greenlet.value
        for call, greenlet in zip(calls, greenlets, strict=True)
    ]
