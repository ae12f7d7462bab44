"""Throws into generators only: any other iterator with a throw of its own never hears of the exception.

Caught by: test_whatever_is_done_to_it_it_does_as_yield_from_would
"""

from inspect import isgenerator


def delegate(subgenerator):
    iterator = iter(subgenerator)
    resume, given = next, (iterator,)
    while True:
        try:
            value = resume(*given)
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield value
        except GeneratorExit:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        except BaseException as error:
            if not isgenerator(iterator):
                raise
            resume, given = iterator.throw, (error,)
        else:
            resume, given = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
