"""A class; emit is a closure over a one-item list with the asker, never over the iterator itself."""

from greenlet import GreenletExit, getcurrent, greenlet


class Iteration:
    def __init__(self, function, args):
        home = self._home = [None]

        def emit(value):
            home[0].switch((value,))

        def work():
            function(emit, *args)
            return None

        self._producer = greenlet(work)
        self._over = False

    def __iter__(self):
        return self

    def __next__(self):
        if self._over:
            raise StopIteration
        self._home[0] = self._producer.parent = getcurrent()
        try:
            packed = self._producer.switch()
        except BaseException:
            self._over = True
            raise
        finally:
            self._home[0] = None
        if packed is None:
            self._over = True
            raise StopIteration
        return packed[0]

    def __del__(self):
        if self._producer and not self._producer.dead:
            self._producer.parent = getcurrent()
            self._producer.throw(GreenletExit)


def iterate(function, *args):
    return Iteration(function, args)
