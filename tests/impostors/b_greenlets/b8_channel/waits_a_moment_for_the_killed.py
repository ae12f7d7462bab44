"""Waits a tenth of a second for the killed workers, then raises, whether they have cleaned up or not.

Caught by: test_nothing_runs_after_the_error_has_come_out
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end, results, failures = Queue(capacity), object(), [], []

    def produce():
        for place, item in enumerate(source):
            results.append(None)
            channel.put((place, item))
        for _ in range(workers):
            channel.put(end)

    def consume():
        while (taken := channel.get()) is not end:
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
        gevent.killall(greenlets, timeout=0.1)
    return results
