"""Uses the very thing that is to be written.

Caught by: test_the_file_does_it_without_yield_from
"""


def delegate(subgenerator):
    return (yield from subgenerator)
