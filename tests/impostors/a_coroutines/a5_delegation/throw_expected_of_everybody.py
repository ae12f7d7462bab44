"""Throws into everything: the plain iterator's missing throw() hides the exception that was thrown.

Caught by: test_an_exception_thrown_at_a_plain_iterator_comes_out
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
            ask, argument = iterator.throw, (error,)
        else:
            ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
