"""Takes any RuntimeError for the one that a StopIteration becomes in a generator: a failure looks like the end.

Caught by: test_whatever_is_done_to_it_it_does_as_yield_from_would
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    resume, given = next, (iterator,)
    while True:
        try:
            value = resume(*given)
        except StopIteration as stop:
            return stop.value
        except RuntimeError:
            return None
        try:
            sent = yield value
        except GeneratorExit:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        except BaseException as error:
            if not hasattr(iterator, "throw"):
                raise
            resume, given = iterator.throw, (error,)
        else:
            resume, given = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
