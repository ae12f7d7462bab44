"""Passes on Exceptions only: a KeyboardInterrupt rises at its own yield.

Caught by: test_any_exception_can_be_thrown_in
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
        except Exception as error:
            if not hasattr(iterator, "throw"):
                raise
            ask, argument = iterator.throw, (error,)
        else:
            ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
