"""contextlib.closing ends the consumer, and a context manager inside the consumer cleans up."""

from contextlib import closing, contextmanager


@contextmanager
def noting_the_end(log):
    try:
        yield
    finally:
        log.append(("closed",))


def consumer(log):
    with noting_the_end(log):
        while True:
            log.append(("handled", (yield)))


def producer(items, log):
    with closing(consumer(log)) as worker:
        worker.send(None)
        for item in items:
            worker.send(item)
            log.append(("sent", item))
