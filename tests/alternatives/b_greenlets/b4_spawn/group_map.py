"""A gevent group starts them all and collects the values in order."""

from gevent.pool import Group


def attempt(call):
    function, args, kwargs = call
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def run_all(calls):
    return Group().map(attempt, calls)
