"""Primes the consumer only when the first send has failed: the first item is lost.

Caught by: test_handled_and_sent_alternate
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
    try:
        for item in items:
            try:
                worker.send(item)
            except TypeError:
                next(worker)
            log.append(("sent", item))
    finally:
        worker.close()
