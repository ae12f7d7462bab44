"""Throws in, drops the value that throw() brings back, and asks for the next one.

Caught by: test_a_thrown_exception_goes_in_and_may_be_handled_there
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    sent = None
    while True:
        try:
            value = next(iterator) if sent is None else iterator.send(sent)
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
            iterator.throw(error)
            sent = None
