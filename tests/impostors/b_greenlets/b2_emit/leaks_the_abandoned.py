"""Hands out a bound method as emit: iterator, greenlet and waiting function hold each other for ever.

Caught by: test_an_abandoned_iterator_is_unwound
"""

from greenlet import getcurrent, greenlet


class iterate:
    def __init__(self, function, *args):
        self.producer = greenlet(lambda: function(self.emit, *args))

    def emit(self, value):
        self.consumer.switch(value)

    def __iter__(self):
        return self

    def __next__(self):
        if self.producer.dead:
            raise StopIteration
        self.consumer = self.producer.parent = getcurrent()
        value = self.producer.switch()
        if self.producer.dead:
            raise StopIteration
        return value
