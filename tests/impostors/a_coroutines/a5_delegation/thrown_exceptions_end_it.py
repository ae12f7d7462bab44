"""Takes a thrown exception for an order to stop: closes the subgenerator and raises.

Caught by: test_a_thrown_exception_that_nobody_handles_comes_out_again
"""


def delegate(subgenerator):
    iterator = iter(subgenerator)
    ask, argument = next, (iterator,)
    while True:
        try:
            value = ask(*argument)
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield value
        except BaseException:
            if hasattr(iterator, "close"):
                iterator.close()
            raise
        ask, argument = (next, (iterator,)) if sent is None else (iterator.send, (sent,))
