"""Makes a channel of one place, whatever the capacity: the producer waits though there should be room.

Caught by: test_the_producer_runs_ahead_as_far_as_the_channel_goes
"""

import gevent
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    channel, end, results, failures = Queue(1), object(), [], []

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
        gevent.killall(greenlets)
    return results
