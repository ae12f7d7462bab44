"""Fetches the next item before it sends the one in its hand.

Caught by: test_nothing_is_taken_from_the_source_ahead_of_time
"""


def consumer(log):
    try:
        while True:
            item = yield
            log.append(("handled", item))
    finally:
        log.append(("closed",))


def producer(items, log):
    worker = consumer(log)
    next(worker)
    iterator = iter(items)
    missing = object()
    try:
        following = next(iterator, missing)
        while following is not missing:
            item, following = following, next(iterator, missing)
            worker.send(item)
            log.append(("sent", item))
    finally:
        worker.close()
