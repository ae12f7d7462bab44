"""Throws GeneratorExit in like any exception, instead of calling close().

Caught by: test_closing_calls_the_close_of_any_iterator_that_has_one
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
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
        else:
            ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
