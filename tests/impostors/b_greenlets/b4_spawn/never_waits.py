"""Spawns all of them and returns at once: nobody has begun, and every value is still None.

Caught by: test_values_come_in_the_order_of_the_calls, test_all_are_started_before_any_is_waited_for
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    greenlets = [gevent.spawn(result, *call) for call in calls]
    return [greenlet.value for greenlet in greenlets]
