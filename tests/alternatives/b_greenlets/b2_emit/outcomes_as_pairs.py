"""Everything that crosses the border is a pair of kind and content; exceptions are carried over and raised."""

from greenlet import getcurrent, greenlet


def _emit(value):
    getcurrent().parent.switch(("value", value))


def _work(function, args):
    try:
        function(_emit, *args)
    except Exception as error:
        return "error", error
    return "end", None


def iterate(function, *args):
    producer = greenlet(_work)
    sent = (function, args)
    while producer is not None:
        producer.parent = getcurrent()
        kind, content = producer.switch(*sent)
        sent = ()
        if kind == "value":
            yield content
        else:
            producer = None
            if kind == "error":
                raise content
