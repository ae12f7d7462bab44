"""Closes the consumer in an `except Exception`: Ctrl-C is none, and leaves it open.

Caught by: test_the_consumer_is_closed_when_ctrl_c_interrupts_the_source
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
            handler.send(item)
            log.append(("sent", item))
    except Exception:
        handler.close()
        raise
    handler.close()
