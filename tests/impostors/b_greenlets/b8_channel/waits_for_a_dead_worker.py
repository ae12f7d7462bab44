"""A worker dies with its item and nobody is told: the producer waits for a place for ever.

Caught by: test_a_failure_in_work_comes_out
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end = Queue(capacity), object()
    results = []

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

    producer = gevent.spawn(produce)
    consumers = [gevent.spawn(consume) for _ in range(workers)]
    producer.join()
    gevent.joinall(consumers)
    for greenlet in [producer, *consumers]:
        greenlet.get()
    return results
