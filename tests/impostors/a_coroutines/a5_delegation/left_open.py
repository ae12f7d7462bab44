"""Ends when it is closed, and leaves the subgenerator open at its yield.

Caught by: test_closing_closes_the_subgenerator
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
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
        else:
            ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
