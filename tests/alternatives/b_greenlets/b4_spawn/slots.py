"""Each greenlet writes into its own slot of a list; a counter and an event tell when the last has ended."""

import gevent
from gevent.event import Event


def run_all(calls):
    slots, left, over = [None] * len(calls), len(calls), Event()

    def work(number, function, args, kwargs):
        nonlocal left
        try:
            slots[number] = function(*args, **kwargs)
        except Exception as error:
            slots[number] = error
        left -= 1
        if not left:
            over.set()

    for number, call in enumerate(calls):
        gevent.spawn(work, number, *call)
    if calls:
        over.wait()
    return slots
