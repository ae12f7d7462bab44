"""A class whose emit stores the value in a list and goes home; weakref.finalize ends what was abandoned."""

import weakref

import greenlet


def end(runner):
    if runner and not runner.dead:
        runner.parent = greenlet.getcurrent()
        runner.throw(greenlet.GreenletExit)


class Iteration:
    def __init__(self, function, args):
        box, current = [], greenlet.getcurrent

        def emit(value):
            box.append(value)
            current().parent.switch()

        self._box = box
        self._runner = greenlet.greenlet(lambda: (function(emit, *args), None)[1])
        self._ending = weakref.finalize(self, end, self._runner)

    def __iter__(self):
        return self

    def __next__(self):
        if self._runner.dead:
            raise StopIteration
        self._runner.parent = greenlet.getcurrent()
        self._runner.switch()
        if self._box:
            return self._box.pop()
        raise StopIteration


def iterate(function, *args):
    return Iteration(function, args)
