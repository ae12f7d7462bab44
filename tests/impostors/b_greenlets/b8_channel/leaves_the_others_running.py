"""Raises the failure and leaves the other workers at work.

Caught by: test_nothing_runs_after_the_error_has_come_out
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), object()
    results, failures = [], []

    def produce():
        for place, item in enumerate(source):
            if failures:
                return
            results.append(None)
            channel.put((place, item))
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
    for _ in gevent.iwait(greenlets):
        if failures:
            raise failures[0]
    return results
