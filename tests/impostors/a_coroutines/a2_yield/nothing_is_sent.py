"""The producer writes both entries itself: nothing is ever sent to the consumer.

Caught by: test_each_call_sends_its_items_to_a_consumer_of_its_own
"""


def consumer(log):
    try:
        while True:
            log.append(("handled", (yield)))
    finally:
        log.append(("closed",))


def producer(items, log):
    handler = consumer(log)
    next(handler)
    try:
        for item in items:
            log.append(("handled", item))
            log.append(("sent", item))
    finally:
        handler.close()
