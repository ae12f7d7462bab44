"""A decorator primes every consumer that is made: who primes it as agreed sends it a None.

Caught by: test_priming_handles_nothing
"""

from contextlib import closing
from functools import wraps


def primed(function):
    @wraps(function)
    def make(*args):
        generator = function(*args)
        next(generator)
        return generator

    return make


@primed
def consumer(log):
    try:
        while True:
            log.append(("handled", (yield)))
    finally:
        log.append(("closed",))


def producer(items, log):
    with closing(consumer(log)) as handler:
        for item in items:
            handler.send(item)
            log.append(("sent", item))
