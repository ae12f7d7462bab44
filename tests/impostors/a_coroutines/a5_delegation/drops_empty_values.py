"""Sends on only what is true: 0, "" and False arrive as None.

Caught by: test_zero_and_other_empty_values_go_in_too
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
            ask, argument = (iterator.send, (sent,)) if sent else (next, (iterator,))
        except GeneratorExit:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
