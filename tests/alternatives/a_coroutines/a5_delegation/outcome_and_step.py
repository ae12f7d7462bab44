"""One helper makes a step and tells what came of it; the generator itself only yields and passes on."""

from types import SimpleNamespace

MISSING = object()


def step(method, *args):
    try:
        return SimpleNamespace(ended=False, value=method(*args))
    except StopIteration as stop:
        return SimpleNamespace(ended=True, value=stop.value)


def delegate(subgenerator):
    inner = iter(subgenerator)
    outcome = step(next, inner)
    while not outcome.ended:
        thrown, sent = None, None
        try:
            sent = yield outcome.value
        except BaseException as error:
            thrown = error
        if isinstance(thrown, GeneratorExit):
            close = getattr(inner, "close", MISSING)
            if close is not MISSING:
                close()
            raise thrown
        if thrown is not None:
            throw = getattr(inner, "throw", MISSING)
            if throw is MISSING:
                raise thrown
            outcome = step(throw, thrown)
        elif sent is not None:
            outcome = step(inner.send, sent)
        else:
            outcome = step(next, inner)
    return outcome.value
