"""Hands its argument back: whoever holds the one holds the other, and nothing is delegated.

Caught by: test_it_is_a_new_generator
"""


def delegate(subgenerator):
    return subgenerator
