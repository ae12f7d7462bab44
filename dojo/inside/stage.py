"""What a scenario may use beside the kata: spans on the picture, exceptions as values.

Imported before the kata, so nothing but the clock is needed here.
"""

import sys
from time import perf_counter

MOST_SWITCHES = 20_000  # a picture needs no more, and memory stays flat

WAITS = 0  # in place of a greenlet

steps = []  # [lane, text]: what happened one after the other, where seconds do not matter
spans = []  # [lane, began, ended or None while it runs, greenlet]; readings of perf_counter, in seconds
switches = []  # [when, greenlet that runs from then on]


def step(lane, text):
    """Mark on the picture that `lane` did this next."""
    steps.append([lane, text])


class span:
    """`with span("eat"): …` marks on the picture when eat was at work; it ends even when an exception does it."""

    def __init__(self, lane):
        self.mark = [lane, None, None, None]

    def __enter__(self):
        self.mark[1] = perf_counter()
        self.mark[3] = _greenlet()
        spans.append(self.mark)
        return self

    def __exit__(self, *_):
        self.mark[2] = perf_counter()


def _greenlet():
    """The identity of the running greenlet, whose switches are noted from now on; None without greenlets."""
    greenlet = sys.modules.get("greenlet")
    if greenlet is None:
        return None
    if greenlet.gettrace() is None:
        greenlet.settrace(_note_switch)
    return id(greenlet.getcurrent())


def _note_switch(event, pair):
    if len(switches) < MOST_SWITCHES:
        switches.append([perf_counter(), id(pair[1])])


class waiting(span):
    """The same for a stretch in which `lane` waits, where no greenlet's switches tell: a generator's nap, say."""

    def __enter__(self):
        super().__enter__()
        self.mark[3] = WAITS
        return self


class task:
    """A function without arguments that marks when it ran, as `lane`, and returns what `work()` returns."""

    def __init__(self, lane, work=lambda: None):
        self.lane, self.work = lane, work

    def __call__(self):
        with span(self.lane):
            return self.work()


def caught(function, *args):
    """The Exception that comes out of `function(*args)`, or None. What is not written yet stays not written."""
    try:
        function(*args)
    except NotImplementedError:
        raise
    except Exception as error:
        return error
    return None
