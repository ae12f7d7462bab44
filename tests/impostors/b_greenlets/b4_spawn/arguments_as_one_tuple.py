"""Hands the positional arguments over as one tuple.

Caught by: test_positional_and_keyword_arguments_reach_the_function
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
