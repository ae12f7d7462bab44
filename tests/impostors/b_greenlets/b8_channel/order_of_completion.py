"""Lists the results in the order in which they were finished.

Caught by: test_results_come_in_the_order_of_the_source
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
            channel.put((place, item))
        for _ in range(workers):
            channel.put(end)

    def consume():
        while not failures and (taken := channel.get()) is not end:
            _, item = taken
            results.append(work(item))

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
