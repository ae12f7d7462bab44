"""Cleans up on GeneratorExit and then yields again: closing is refused with a RuntimeError.

Caught by: test_closing_cleans_up
"""


def consumer(log):
    while True:
        try:
            item = yield
            log.append(("handled", item))
        except GeneratorExit:
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
