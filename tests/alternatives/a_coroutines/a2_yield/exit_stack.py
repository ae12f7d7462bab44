"""An exit stack closes the consumer; a helper generator holds the loop; send(None) primes."""

from contextlib import ExitStack


class Handler:
    def __init__(self, log):
        self.log = log

    def note(self, *entry):
        self.log.append(entry)

    def loop(self):
        while True:
            self.note("handled", (yield))


def consumer(log):
    handler = Handler(log)
    with ExitStack() as stack:
        stack.callback(handler.note, "closed")
        yield from handler.loop()


def producer(items, log):
    with ExitStack() as stack:
        handler = consumer(log)
        stack.callback(handler.close)
        handler.send(None)
        for entry in (("sent", (handler.send(item), item)[1]) for item in items):
            log.append(entry)
