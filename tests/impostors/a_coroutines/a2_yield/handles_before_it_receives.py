"""Handles first and receives afterwards: priming handles None, and every item comes out late.

Caught by: test_priming_handles_nothing
"""


def consumer(log):
    item = None
    try:
        while True:
            log.append(("handled", item))
            item = yield
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
