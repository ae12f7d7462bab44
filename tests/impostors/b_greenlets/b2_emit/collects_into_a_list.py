"""Runs the whole function first, and iterates over a list of what it emitted.

Caught by: test_the_function_runs_only_when_a_value_is_asked_for, test_a_function_that_never_ends_is_no_problem
"""


def iterate(function, *args):
    values = []
    function(values.append, *args)
    return iter(values)
