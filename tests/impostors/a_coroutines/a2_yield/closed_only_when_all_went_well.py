"""Closes the consumer only when the source came to its end: an exception jumps over the close.

Caught by: test_the_consumer_is_closed_when_the_source_fails
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
    for item in items:
        worker.send(item)
        log.append(("sent", item))
    worker.close()
