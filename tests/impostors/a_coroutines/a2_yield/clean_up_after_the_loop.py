"""Puts the clean-up behind an endless loop, where closing never arrives.

Caught by: test_closing_cleans_up
"""


def consumer(log):
    going_on = True
    while going_on:
        item = yield
        log.append(("handled", item))
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
