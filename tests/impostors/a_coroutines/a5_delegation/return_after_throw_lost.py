"""Does not expect that throw() may end the subgenerator: its StopIteration becomes a RuntimeError.

Caught by: test_a_subgenerator_that_returns_on_a_thrown_exception_is_at_its_end
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    try:
        value = next(iterator)
    except StopIteration as stop:
        return stop.value
    while True:
        try:
            sent = yield value
        except GeneratorExit:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            value = iterator.throw(error)
        else:
            try:
                value = next(iterator) if sent is None else iterator.send(sent)
            except StopIteration as stop:
                return stop.value
