"""A subclass of greenlet whose parent is whoever asks; a sentinel, compared by identity, ends it."""

from greenlet import GreenletExit, getcurrent, greenlet

END = object()


class Producer(greenlet):
    def __init__(self, function, args):
        super().__init__()
        self.function, self.args = function, args

    def run(self):
        self.function(self.emit, *self.args)
        return END

    def ask(self):
        self.parent = getcurrent()
        return self.switch()

    def emit(self, value):
        self.parent.switch(value)


def values(producer):
    try:
        while (value := producer.ask()) is not END:
            yield value
    finally:
        if not producer.dead:
            producer.parent = getcurrent()
            producer.throw(GreenletExit)


def iterate(function, *args):
    return values(Producer(function, args))
