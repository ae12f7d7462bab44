"""Takes None for the end mark: an item that is None ends a worker.

Caught by: test_any_value_may_be_an_item
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), None
    results, failures = [], []

    def produce():
        for place, item in enumerate(source):
            if failures:
                return
            results.append(None)
            channel.put(None if item is None else (place, item))
        for _ in range(workers):
            channel.put(end)

    def consume():
        while not failures and (taken := channel.get()) is not end:
            place, item = taken
            results[place] = work(item)

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
    return results
