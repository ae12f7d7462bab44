"""Keeps every item that it has handled, though nobody asks for them again.

Caught by: test_a_million_items_leave_no_trace_in_memory
"""


def consumer(log):
    seen = []
    try:
        while True:
            item = yield
            seen.append(item)
            log.append(("handled", seen[-1]))
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
