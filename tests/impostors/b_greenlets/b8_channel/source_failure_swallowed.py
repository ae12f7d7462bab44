"""Ends quietly where the source fails: what came before passes for everything.

Caught by: test_a_source_that_fails_counts_as_a_failure
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), object()
    results, failures = [], []

    def produce():
        try:
            for place, item in enumerate(source):
                if failures:
                    return
                results.append(None)
                channel.put((place, item))
        finally:
            for _ in range(workers):
                channel.put(end)

    def consume():
        try:
            while not failures and (taken := channel.get()) is not end:
                place, item = taken
                results[place] = work(item)
        except Exception as error:
            failures.append(error)

    producer = gevent.spawn(produce)
    consumers = [gevent.spawn(consume) for _ in range(workers)]
    try:
        for _ in gevent.iwait(consumers):
            if failures:
                raise failures[0]
    finally:
        gevent.killall([producer, *consumers])
    return results
