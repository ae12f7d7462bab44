"""Closes an iterator that has raised an exception: yield from closes only when it is closed itself.

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
        except Exception:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
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
