"""Does not ask whether the function has ended: what it returns comes out as one more value.

Caught by: test_what_the_function_returns_is_no_value, test_nothing_emitted_nothing_iterated
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


class iterate:
    def __init__(self, function, *args):
        self.producer = greenlet(lambda: function(emit, *args))

    def __iter__(self):
        return self

    def __next__(self):
        if self.producer.dead:
            raise StopIteration
        self.producer.parent = getcurrent()
        return self.producer.switch()
