"""Calls close() on an iterator that has come to its end: yield from closes only when it is closed itself.

Caught by: test_whatever_is_done_to_it_it_does_as_yield_from_would
"""

from contextlib import suppress


def delegate(subgenerator):
    iterator = iter(subgenerator)
    resume, given = next, (iterator,)
    try:
        while True:
            try:
                value = resume(*given)
            except StopIteration as stop:
                return stop.value
            try:
                sent = yield value
            except GeneratorExit:
                raise
            except BaseException as error:
                if not hasattr(iterator, "throw"):
                    raise
                resume, given = iterator.throw, (error,)
            else:
                resume, given = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
    finally:
        with suppress(AttributeError):
            iterator.close()
