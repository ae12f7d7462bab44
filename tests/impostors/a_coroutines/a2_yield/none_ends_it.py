"""Takes None for the end of the items, though None is an item like any other.

Caught by: test_none_is_an_item_like_any_other
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
    iterator = iter(items)
    try:
        while (item := next(iterator, None)) is not None:
            worker.send(item)
            log.append(("sent", item))
    finally:
        worker.close()
