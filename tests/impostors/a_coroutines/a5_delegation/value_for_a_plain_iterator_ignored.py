"""Drops a value sent to an iterator that takes none, where yield from says so with an AttributeError.

Caught by: test_a_value_for_an_iterator_that_takes_none_is_an_attribute_error
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    ask, argument = next, (iterator,)
    while True:
        try:
            value = ask(*argument)
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield value
        except GeneratorExit:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
        else:
            plain = sent is None or not hasattr(iterator, "send")
            ask, argument = (next, (iterator,)) if plain else (iterator.send, (sent,))
