"""Throws the class of the exception, not the exception: what it had to say is lost on the way.

Caught by: test_a_thrown_exception_goes_in_and_may_be_handled_there
"""


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
            if not hasattr(iterator, "throw"):
                raise
            resume, given = iterator.throw, (type(error),)
        else:
            resume, given = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
