"""The next call is kept as a method's name and its arguments; a missing method is an AttributeError to look at."""


def delegate(subgenerator):
    inner = iter(subgenerator)
    name, arguments = "__next__", ()
    while True:
        try:
            value = getattr(inner, name)(*arguments)
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield value
        except GeneratorExit:
            getattr(inner, "close", lambda: None)()
            raise
        except BaseException as error:
            if getattr(inner, "throw", None) is None:
                raise
            name, arguments = "throw", (error,)
        else:
            name, arguments = ("__next__", ()) if sent is None else ("send", (sent,))
