"""Keeps the results in a dict by item: equal items share one, and a list cannot be one.

Caught by: test_any_value_may_be_an_item
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), object()
    order, results, failures = [], {}, []

    def produce():
        for item in source:
            if failures:
                return
            order.append(item)
            channel.put(item)
        for _ in range(workers):
            channel.put(end)

    def consume():
        while not failures and (item := channel.get()) is not end:
            results[item] = work(item)

    def guarded(step):
        try:
            step()
        except Exception as error:
            failures.append(error)

    greenlets = [gevent.spawn(guarded, step) for step in [produce] + [consume] * workers]
    try:
        for _ in gevent.iwait(greenlets):
            if failures:
                raise failures[0]
    finally:
        gevent.killall(greenlets)
    return [results[item] for item in order]
