"""Values do not travel through switch: emit puts them into a list, next takes them out."""

from collections.abc import Iterator

import greenlet


class iterate(Iterator):
    def __init__(self, function, *args):
        box, self._box = [], None
        asker = []

        def emit(value):
            box.append(value)
            asker.pop().switch()

        self._box, self._asker = box, asker
        self._greenlet = greenlet.greenlet(function)
        self._arguments = (emit, *args)

    def __next__(self):
        if self._greenlet is None:
            raise StopIteration
        current = greenlet.getcurrent()
        self._asker[:] = [current]
        self._greenlet.parent = current
        arguments, self._arguments = self._arguments, ()
        try:
            self._greenlet.switch(*arguments)
        except BaseException:
            self._greenlet = None
            raise
        if self._box:
            return self._box.pop()
        self._greenlet = None
        raise StopIteration
