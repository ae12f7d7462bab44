"""Takes the items by hand with next(), and tells the consumer's GeneratorExit from everything else."""


def consumer(log):
    while True:
        try:
            item = yield
        except GeneratorExit:
            log.append(("closed",))
            return
        log.append(("handled", item))


def producer(items, log):
    handler = consumer(log)
    handler.__next__()
    try:
        source = iter(items)
        while True:
            try:
                item = next(source)
            except StopIteration:
                return
            handler.send(item)
            log.append(("sent", item))
    finally:
        handler.close()
