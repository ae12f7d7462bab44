"""Counts the items and takes them by their number: a source that makes them one by one has neither.

Caught by: test_nothing_is_taken_from_the_source_ahead_of_time
"""

from contextlib import closing


def consumer(log):
    try:
        while True:
            log.append(("handled", (yield)))
    finally:
        log.append(("closed",))


def producer(items, log):
    with closing(consumer(log)) as handler:
        next(handler)
        for number in range(len(items)):
            handler.send(items[number])
            log.append(("sent", items[number]))
