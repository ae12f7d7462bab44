"""Never closes the consumer: its clean-up is left to whenever Python throws it away.

Caught by: test_the_consumer_is_closed_at_the_end
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
