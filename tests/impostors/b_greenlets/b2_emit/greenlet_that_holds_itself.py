"""Subclasses greenlet, and its own run(self) keeps the abandoned greenlet alive.

Caught by: test_an_abandoned_iterator_is_unwound
"""

from greenlet import getcurrent, greenlet


class Producer(greenlet):
    def __init__(self, function, args):
        super().__init__()
        self.function, self.args = function, args

    def run(self):
        self.function(self.emit, *self.args)

    def emit(self, value):
        self.parent.switch(value)

    def __iter__(self):
        return self

    def __next__(self):
        if self.dead:
            raise StopIteration
        self.parent = getcurrent()
        value = self.switch()
        if self.dead:
            raise StopIteration
        return value


def iterate(function, *args):
    return Producer(function, args)
