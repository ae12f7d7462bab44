"""Sends to a consumer that has not yet come to its first yield: Python refuses.

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
            worker.send(item)
            log.append(("sent", item))
    finally:
        worker.close()
