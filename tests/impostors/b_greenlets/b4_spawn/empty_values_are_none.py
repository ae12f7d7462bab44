"""Takes a value that counts as false for none: 0 and an empty string become the exception, which is None.

Caught by: test_values_come_in_the_order_of_the_calls
"""

import gevent


def attempt(outcome, function, args, kwargs):
    try:
        outcome["value"] = function(*args, **kwargs)
    except Exception as error:
        outcome["error"] = error


def run_all(calls):
    outcomes = [{} for _ in calls]
    gevent.joinall(
        [
            gevent.spawn(attempt, *pair)
            for pair in ((o, *c) for o, c in zip(outcomes, calls, strict=True))
        ]
    )
    return [outcome.get("value") or outcome.get("error") for outcome in outcomes]
