"""Waits for each greenlet right after it was spawned: the calls run one after the other.

Caught by: test_the_naps_overlap, test_all_are_started_before_any_is_waited_for
"""

import gevent


def result(function, args, kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    results = []
    for call in calls:
        greenlet = gevent.spawn(result, *call)
        greenlet.join()
        results.append(greenlet.value)
    return results
