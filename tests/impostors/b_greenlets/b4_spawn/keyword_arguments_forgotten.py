"""Forgets the keyword arguments: the function is called without them.

Caught by: test_positional_and_keyword_arguments_reach_the_function
"""

import gevent


def result(function, args):
    try:
        return function(*args)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, function, args) for function, args, _ in calls]
    gevent.joinall(greenlets)
    return [greenlet.value for greenlet in greenlets]
