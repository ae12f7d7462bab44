"""Writes "sent" before it sends, so that the log tells the turns the wrong way round.

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
    next(worker)
    try:
        for item in items:
            log.append(("sent", item))
            worker.send(item)
    finally:
        worker.close()
