"""Swallows the function's exception: the iteration seems to come to its ordinary end.

Caught by: test_an_exception_comes_out_of_next
"""

import contextlib

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    def work():
        with contextlib.suppress(Exception):
            function(emit, *args)

    producer = greenlet(work)
    while True:
        producer.parent = getcurrent()
        value = producer.switch()
        if producer.dead:
            return
        yield value
