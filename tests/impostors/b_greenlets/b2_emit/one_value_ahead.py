"""Has the next value made before it is asked for.

Caught by: test_the_function_runs_only_when_a_value_is_asked_for
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    def ask():
        producer.parent = getcurrent()
        return producer.switch()

    producer = greenlet(lambda: function(emit, *args))
    value = ask()
    while not producer.dead:
        ready, value = value, ask()
        yield ready
