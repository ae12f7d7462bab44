"""The consumer catches GeneratorExit and returns; the producer takes the items with next."""


def consumer(log):
    try:
        item = yield
        while True:
            log.append(("handled", item))
            item = yield
    except GeneratorExit:
        log.append(("closed",))
        return


def producer(items, log):
    worker = consumer(log)
    next(worker)
    iterator = iter(items)
    try:
        while True:
            try:
                item = next(iterator)
            except StopIteration:
                break
            worker.send(item)
            log.append(("sent", item))
    finally:
        worker.close()
