"""Starts a greenlet for every item that is taken: all of them work at once.

Caught by: test_as_many_workers_as_told_work_at_once, test_never_more_than_capacity_and_workers_and_one_are_taken_but_unfinished
"""

import gevent


def pipeline(source, work, workers, capacity):
    greenlets = []
    try:
        for item in source:
            greenlets.append(gevent.spawn(work, item))
            gevent.sleep(0)
        gevent.joinall(greenlets, raise_error=True)
    finally:
        gevent.killall(greenlets)
    return [greenlet.value for greenlet in greenlets]
