"""Spawns nothing: it calls one function after the other.

Caught by: test_the_naps_overlap, test_all_are_started_before_any_is_waited_for
"""


def run_all(calls):
    results = []
    for function, args, kwargs in calls:
        try:
            results.append(function(*args, **kwargs))
        except Exception as error:
            results.append(error)
    return results
