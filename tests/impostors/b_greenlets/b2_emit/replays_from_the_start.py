"""Has no second stack: for every value it runs the function again from its start and breaks out a value later.

Caught by: test_the_function_runs_only_when_a_value_is_asked_for
"""

import itertools


class Found(BaseException):
    pass


def iterate(function, *args):
    for wanted in itertools.count():
        numbers = itertools.count()

        def emit(value, wanted=wanted, numbers=numbers):
            if next(numbers) == wanted:
                raise Found(value)

        try:
            function(emit, *args)
        except Found as found:
            value = found.args[0]
        else:
            return
        yield value
