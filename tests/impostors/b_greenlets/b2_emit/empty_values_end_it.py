"""Goes on only while the values are true: 0 or an empty string ends the iteration.

Caught by: test_any_value_may_be_emitted
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    producer = greenlet(lambda: function(emit, *args))
    while True:
        producer.parent = getcurrent()
        value = producer.switch()
        if producer.dead or not value:
            return
        yield value
