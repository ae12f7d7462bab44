"""Starts the function when the iterator is made, before anybody asks for a value.

Caught by: test_the_function_runs_only_when_a_value_is_asked_for
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    producer = greenlet(lambda: function(emit, *args), getcurrent())
    first = producer.switch()

    def values(value):
        while not producer.dead:
            yield value
            producer.parent = getcurrent()
            value = producer.switch()

    return values(first)
