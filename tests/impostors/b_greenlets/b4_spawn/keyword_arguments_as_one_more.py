"""Hands the keyword arguments over as a dict, one more positional argument.

Caught by: test_positional_and_keyword_arguments_reach_the_function
"""

import gevent


def result(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [
        gevent.spawn(result, function, *args, *filter(None, [kwargs]))
        for function, args, kwargs in calls
    ]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
