"""Puts one end mark into the channel, however many workers wait for one.

Caught by: test_it_ends_for_any_number_of_items_and_workers, test_an_empty_source_ends
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
