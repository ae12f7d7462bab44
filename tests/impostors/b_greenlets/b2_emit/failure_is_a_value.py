"""Gives the function's exception out as its last value instead of raising it.

Caught by: test_an_exception_comes_out_of_next
"""

from greenlet import getcurrent, greenlet

END = object()


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    def work():
        try:
            function(emit, *args)
        except Exception as error:
            emit(error)
        return END

    producer = greenlet(work)
    while True:
        producer.parent = getcurrent()
        value = producer.switch()
        if value is END:
            return
        yield value
