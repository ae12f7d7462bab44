"""Sends every value to the program's main greenlet, whoever asked for it.

Caught by: test_a_function_may_use_an_iterator_of_its_own
"""

from greenlet import getcurrent, greenlet

main = getcurrent()


def emit(value):
    main.switch(value)


def iterate(function, *args):
    producer = greenlet(lambda: function(emit, *args), main)
    while True:
        value = producer.switch()
        if producer.dead:
            return
        yield value
