"""Ends an abandoned function by a switch with a flag, which starts a function that had not begun.

Caught by: test_an_iterator_abandoned_before_its_first_next_leaves_nothing
"""

from greenlet import GreenletExit, getcurrent, greenlet

STOP = object()


def emit(value):
    if getcurrent().parent.switch(value) is STOP:
        raise GreenletExit


class iterate:
    def __init__(self, function, *args):
        self.producer = greenlet(lambda *_: function(emit, *args))

    def __iter__(self):
        return self

    def __next__(self):
        if self.producer.dead:
            raise StopIteration
        self.producer.parent = getcurrent()
        value = self.producer.switch()
        if self.producer.dead:
            raise StopIteration
        return value

    def __del__(self):
        while not self.producer.dead:
            self.producer.parent = getcurrent()
            self.producer.switch(STOP)
