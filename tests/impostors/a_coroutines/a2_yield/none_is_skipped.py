"""Handles no None, because priming might have brought it: an item is passed over in silence.

Caught by: test_none_is_an_item_like_any_other
"""


def consumer(log):
    try:
        while True:
            item = yield
            if item is not None:
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
    finally:
        worker.close()
