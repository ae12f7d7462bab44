"""Writes "closed" in the producer and leaves the consumer open.

Caught by: test_the_consumer_is_closed_at_the_end, test_closing_cleans_up
"""


def consumer(log):
    while True:
        item = yield
        log.append(("handled", item))


def producer(items, log):
    worker = consumer(log)
    next(worker)
    try:
        for item in items:
            worker.send(item)
            log.append(("sent", item))
    finally:
        log.append(("closed",))
