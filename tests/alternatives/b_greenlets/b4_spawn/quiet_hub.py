"""Exceptions do leave the greenlets, but the hub's stream for tracebacks is closed meanwhile."""

import gevent


def run_all(calls):
    hub = gevent.get_hub()
    stream, hub.exception_stream = hub.exception_stream, None
    try:
        greenlets = [gevent.spawn(function, *args, **kwargs) for function, args, kwargs in calls]
        for greenlet in greenlets:
            greenlet.join()
    finally:
        hub.exception_stream = stream
    return [
        greenlet.value if greenlet.successful() else greenlet.exception for greenlet in greenlets
    ]
