"""Takes all the values before it hands out the first one.

Caught by: test_each_value_is_taken_only_when_it_is_asked_for
"""


def delegate(subgenerator):
    iterator, values = iter(subgenerator), []
    while True:
        try:
            values.append(next(iterator))
        except StopIteration as stop:
            result = stop.value
            break
    while values:
        yield values.pop(0)
    return result
