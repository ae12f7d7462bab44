"""Calls send, throw and close on everything: a plain iterator has none of them.

Caught by: test_plain_iterators_are_accepted
"""


def delegate(subgenerator):
    ask, argument = subgenerator.send, None
    while True:
        try:
            value = ask(argument)
        except StopIteration as stop:
            return stop.value
        try:
            ask, argument = subgenerator.send, (yield value)
        except GeneratorExit:
            subgenerator.close()
            raise
        except BaseException as error:
            ask, argument = subgenerator.throw, error
