"""Returns an object that a loop accepts, but next() does not.

Caught by: test_it_is_an_iterator
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


class iterate:
    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __iter__(self):
        producer = greenlet(lambda: self.function(emit, *self.args))
        while True:
            producer.parent = getcurrent()
            value = producer.switch()
            if producer.dead:
                return
            yield value
