"""Stops the producer at a failure, but works off what is in the channel before it raises.

Caught by: test_after_a_failure_each_worker_begins_one_more_at_most
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
                    break
                results.append(None)
                channel.put((place, item))
        except Exception as error:
            failures.append(error)
        for _ in range(workers):
            channel.put(end)

    def consume():
        while (taken := channel.get()) is not end:
            place, item = taken
            try:
                results[place] = work(item)
            except Exception as error:
                failures.append(error)

    gevent.joinall([gevent.spawn(produce), *(gevent.spawn(consume) for _ in range(workers))])
    if failures:
        raise failures[0]
    return results
