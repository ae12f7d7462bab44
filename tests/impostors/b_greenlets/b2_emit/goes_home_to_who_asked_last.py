"""Having ended an abandoned function, goes on in the greenlet that asked last, not in the one that dropped it.

Caught by: test_whoever_abandons_it_goes_on
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    producer = greenlet(lambda: function(emit, *args))
    try:
        while True:
            producer.parent = getcurrent()
            value = producer.switch()
            if producer.dead:
                return
            yield value
    finally:
        producer.throw()
