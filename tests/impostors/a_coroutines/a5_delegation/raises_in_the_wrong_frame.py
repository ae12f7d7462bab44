"""Lets a thrown exception rise at its own yield: the subgenerator, which might handle it, never hears of it.

Caught by: test_a_thrown_exception_goes_in_and_may_be_handled_there
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    try:
        value = next(iterator)
        while True:
            sent = yield value
            value = next(iterator) if sent is None else iterator.send(sent)
    except StopIteration as stop:
        return stop.value
    finally:
        if hasattr(iterator, "close"):
            iterator.close()
