"""What came in at the yield is kept as a pair, and a match statement passes it on."""


def delegate(subgenerator):
    came_in = ("next", None)
    while True:
        try:
            match came_in:
                case ("next", _):
                    value = subgenerator.__next__()
                case ("send", sent):
                    value = type(subgenerator).send(subgenerator, sent)
                case ("throw", error):
                    value = subgenerator.throw(type(error), error, error.__traceback__)
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield value
            came_in = ("next", None) if sent is None else ("send", sent)
        except GeneratorExit:
            getattr(subgenerator, "close", lambda: None)()
            raise
        except BaseException as error:
            if not callable(getattr(subgenerator, "throw", None)):
                raise
            came_in = ("throw", error)
