"""Yields once to receive and once to answer: every other item falls into the second yield.

Caught by: test_the_consumer_handles_what_is_sent_to_it, test_handled_and_sent_alternate
"""


def consumer(log):
    try:
        while True:
            item = yield
            log.append(("handled", item))
            yield item
    finally:
        log.append(("closed",))


def producer(items, log):
    worker = consumer(log)
    next(worker)
    try:
        for item in items:
            worker.send(item)
            log.append(("sent", item))
    finally:
        worker.close()
