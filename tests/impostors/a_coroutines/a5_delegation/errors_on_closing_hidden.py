"""Hides whatever goes wrong while the subgenerator is closed.

Caught by: test_an_error_while_the_subgenerator_cleans_up_comes_out_of_close
"""

from contextlib import suppress


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
            with suppress(Exception):
                iterator.close()
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
        else:
            ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
