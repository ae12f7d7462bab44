"""Waits for the first greenlet only: the others have begun, but are not finished.

Caught by: test_values_come_in_the_order_of_the_calls, test_a_failure_stands_in_its_own_place
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    if greenlets:
        gevent.joinall(greenlets, count=1)
    return [greenlet.value for greenlet in greenlets]
