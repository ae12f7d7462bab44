"""Returns the greenlets, where their values were asked for.

Caught by: test_values_come_in_the_order_of_the_calls
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    gevent.joinall(greenlets)
    return greenlets
