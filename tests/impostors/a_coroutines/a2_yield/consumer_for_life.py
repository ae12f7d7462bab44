"""One consumer is made for the whole program: the second run sends to a closed one.

Caught by: test_each_call_sends_its_items_to_a_consumer_of_its_own
"""

made = []


def consumer(log):
    try:
        while True:
            log.append(("handled", (yield)))
    finally:
        log.append(("closed",))


def producer(items, log):
    if not made:
        made.append(consumer(log))
        next(made[0])
    handler = made[0]
    try:
        for item in items:
            handler.send(item)
            log.append(("sent", item))
    finally:
        handler.close()
