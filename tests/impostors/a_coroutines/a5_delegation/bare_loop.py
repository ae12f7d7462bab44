"""Loops over the values and yields each: nothing goes in, and nothing is returned.

Caught by: test_sent_values_go_in, test_the_return_value_is_returned
"""


def delegate(subgenerator):
    for value in subgenerator:  # noqa: UP028
        yield value
