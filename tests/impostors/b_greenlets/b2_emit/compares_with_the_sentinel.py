"""Asks `value == END` instead of `value is END`: a value that equals everything ends the iteration.

Caught by: test_any_value_may_be_emitted
"""

from greenlet import getcurrent, greenlet

END = object()


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    def work():
        function(emit, *args)
        return END

    producer = greenlet(work)
    while True:
        producer.parent = getcurrent()
        value = producer.switch()
        if value == END:
            return
        yield value
