"""What a scenario may use beside the kata: spans on the picture, exceptions as values.

Imported before the kata, so nothing but the clock is needed here.
"""

from time import perf_counter

steps = []  # [lane, text]: what happened one after the other, where seconds do not matter
spans = []  # [lane, began, ended or None while it runs]; readings of perf_counter, in seconds


def step(lane, text):
    """Mark on the picture that `lane` did this next."""
    steps.append([lane, text])


class span:
    """`with span("eat"): …` marks on the picture when eat was at work; it ends even when an exception does it."""

    def __init__(self, lane):
        self.mark = [lane, None, None]

    def __enter__(self):
        self.mark[1] = perf_counter()
        spans.append(self.mark)
        return self

    def __exit__(self, *_):
        self.mark[2] = perf_counter()


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
