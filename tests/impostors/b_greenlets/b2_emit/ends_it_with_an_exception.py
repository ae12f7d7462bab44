"""Ends an abandoned function with an Exception of its own, which the function takes for a failure.

Caught by: test_a_function_that_catches_every_exception_is_unwound_too
"""

import contextlib

from greenlet import getcurrent, greenlet


class Stop(Exception):
    pass


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    def work():
        with contextlib.suppress(Stop):
            function(emit, *args)

    producer = greenlet(work)
    try:
        while True:
            producer.parent = getcurrent()
            value = producer.switch()
            if producer.dead:
                return
            yield value
    finally:
        while not producer.dead:
            producer.parent = getcurrent()
            producer.throw(Stop)
