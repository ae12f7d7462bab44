"""Keeps every greenlet in a list of its own, so that none of them is ever given up.

Caught by: test_an_abandoned_iterator_is_unwound, test_an_iterator_abandoned_before_its_first_next_leaves_nothing
"""

from greenlet import getcurrent, greenlet

greenlets = []


def emit(value):
    getcurrent().parent.switch(value)


class iterate:
    def __init__(self, function, *args):
        self.producer = greenlet(lambda: function(emit, *args))
        greenlets.append(self.producer)

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
