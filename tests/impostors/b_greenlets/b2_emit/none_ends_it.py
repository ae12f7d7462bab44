"""Takes None for the end, though a function may emit it as it may any other value.

Caught by: test_any_value_may_be_emitted
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    producer = greenlet(function)
    producer.parent = getcurrent()
    value = producer.switch(emit, *args)
    while value is not None:
        yield value
        producer.parent = getcurrent()
        value = producer.switch()
