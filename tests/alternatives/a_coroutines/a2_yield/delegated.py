"""The consumer delegates to an inner generator, and an ExitStack closes it."""

from contextlib import ExitStack


def handler(log):
    while True:
        item = yield
        log.append(("handled", item))


def consumer(log):
    try:
        yield from handler(log)
    except GeneratorExit:
        log.append(("closed",))
        raise


def producer(items, log):
    with ExitStack() as stack:
        worker = consumer(log)
        stack.callback(worker.close)
        next(worker)
        for item in items:
            worker.send(item)
            log.append(("sent", item))
