"""Closes the consumer when the source fails, but keeps the failure from the caller.

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
    try:
        for item in items:
            worker.send(item)
            log.append(("sent", item))
    except Exception:
        pass
    worker.close()
