"""Takes everything from the source before the first worker begins.

Caught by: test_items_taken_but_unfinished_are_bounded, test_the_workers_work_while_the_source_waits
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), object()
    results, failures = [], []

    def produce():
        for place, item in enumerate(list(source)):
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
    try:
        for _ in gevent.iwait(greenlets):
            if failures:
                raise failures[0]
    finally:
        gevent.killall(greenlets)
    return results
