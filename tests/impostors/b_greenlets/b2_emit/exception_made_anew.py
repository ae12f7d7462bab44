"""Makes a new exception from the class and the text of the old one: that one, with its traceback, is lost.

Caught by: test_an_exception_comes_out_of_next
"""

from greenlet import getcurrent, greenlet


def emit(value):
    getcurrent().parent.switch(value)


def iterate(function, *args):
    failure = []

    def work():
        try:
            function(emit, *args)
        except Exception as error:
            failure.append((type(error), str(error)))

    producer = greenlet(work)
    try:
        while True:
            producer.parent = getcurrent()
            value = producer.switch()
            if producer.dead:
                break
            yield value
    finally:
        producer.parent = getcurrent()
        producer.throw()
    for kind, text in failure:
        raise kind(text)
