"""Knows its end by what the function returns, then asks the dead greenlet again: its answer is (), for ever.

Caught by: test_exhausted_stays_exhausted, test_after_an_exception_there_are_no_more_values
"""

from greenlet import getcurrent, greenlet

END = object()


def emit(value):
    getcurrent().parent.switch(value)


class iterate:
    def __init__(self, function, *args):
        def work():
            function(emit, *args)
            return END

        self.producer = greenlet(work)

    def __iter__(self):
        return self

    def __next__(self):
        self.producer.parent = getcurrent()
        value = self.producer.switch()
        if value is END:
            raise StopIteration
        return value
