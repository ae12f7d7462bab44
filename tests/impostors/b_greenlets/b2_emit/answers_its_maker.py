"""Leaves the greenlet its parent, who made the iterator: whoever else asks never gets an answer.

Caught by: test_whoever_asks_gets_the_answer
"""

from greenlet import GreenletExit, greenlet

END = object()


class Producer(greenlet):
    def __init__(self, function, args):
        super().__init__()
        self.function, self.args = function, args

    def run(self):
        self.function(self.emit, *self.args)
        return END

    def emit(self, value):
        self.parent.switch(value)


def values(producer):
    try:
        while (value := producer.switch()) is not END:
            yield value
    finally:
        if not producer.dead:
            producer.throw(GreenletExit)


def iterate(function, *args):
    return values(Producer(function, args))
