"""What is done in the child before the kata is imported: clocks made coarse, calls counted, classes watched.

A scenario comes too late for this: a kata may look a function up while it is imported.
"""

import time

calls = {}  # how often each watched function was called, by its dotted name


def _count(name):
    calls[name] = calls.get(name, 0) + 1


def watch(*names):
    """Count the calls of functions, methods and classes such as "select.select" or "socket.socket.accept"."""
    for name in names:
        module_name, *path, last = name.split(".")
        try:
            holder = __import__(module_name)
            for step in path:
                holder = getattr(holder, step)
            original = getattr(holder, last)
        except (ImportError, AttributeError):
            continue  # this system has no such call, so nobody can make it
        setattr(
            holder, last, _Watched(name, original) if not path else _watched_method(name, original)
        )
    import selectors  # noqa: F401  (tries each mechanism out while it is imported: that does not count)

    for name in names:
        calls[name] = 0


class _Watched:
    """Stands in for a module's function or class. It is no function itself: as a class attribute it must not bind."""

    def __init__(self, name, original):
        self._name, self._original = name, original

    def __call__(self, *args, **kwargs):
        _count(self._name)
        return self._original(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._original, name)


def _watched_method(name, original):
    def method(self, *args, **kwargs):
        _count(name)
        return original(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = original.__name__
    return method


def wall_clock_runs_backwards():
    """time.time() goes back an hour at each call, as a wall clock may; monotonic clocks are left alone."""
    readings = iter(range(0, -(10**9), -3600))
    real = time.time
    time.time = lambda: real() + next(readings)
    real_ns = time.time_ns
    time.time_ns = lambda: real_ns() + next(readings) * 10**9


switches = []  # [identity of the greenlet switched to, positional arguments, keyword arguments]


def watch_greenlets():
    """Replace greenlet.greenlet by a subclass that notes what every `switch` hands over."""
    import gevent  # noqa: F401  (its C code must see the original class, should a kata import gevent too)
    import greenlet

    class Watched(greenlet.greenlet):
        def switch(self, *args, **kwargs):
            switches.append([id(self), list(args), kwargs])
            return super().switch(*args, **kwargs)

    Watched.__name__ = Watched.__qualname__ = "greenlet"
    greenlet.greenlet = Watched
