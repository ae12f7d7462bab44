"""A helper resumes the subgenerator and says in a pair whether it yielded or returned."""

from enum import Enum


class Said(Enum):
    YIELD = "yield"
    RETURN = "return"


def said(method, *args):
    try:
        return Said.YIELD, method(*args)
    except StopIteration as stop:
        return Said.RETURN, stop.value


def passing_on(iterator):
    kind, value = said(next, iterator)
    while kind is Said.YIELD:
        thrown = None
        try:
            sent = yield value
        except GeneratorExit:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
            raise
        except BaseException as error:
            thrown = error
        if thrown is not None:
            throw = getattr(iterator, "throw", None)
            if throw is None:
                raise thrown
            kind, value = said(throw, thrown)
        elif sent is None:
            kind, value = said(next, iterator)
        else:
            kind, value = said(iterator.send, sent)
    return value


def delegate(subgenerator):
    return passing_on(iter(subgenerator))
