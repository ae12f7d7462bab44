"""Collects the items first and handles them when all have been sent: nobody takes turns.

Caught by: test_handled_and_sent_alternate
"""


def consumer(log):
    collected = []
    try:
        while True:
            collected.append((yield))
    finally:
        for item in collected:
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
