"""Starts a greenlet for every item that is taken: all of them work at once.

Caught by: test_as_many_workers_as_told_work_at_once, test_items_taken_but_unfinished_are_bounded
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
