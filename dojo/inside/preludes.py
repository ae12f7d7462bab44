"""What is done in the child before the kata is imported: clocks made coarse, calls counted, classes watched.

A scenario comes too late for this: a kata may look a function up while it is imported.
"""

import time

calls = {}  # how often each watched function was called, by its dotted name


def imitate(system):
    """Be Windows or macOS as far as Linux can."""
    from dojo.imitation import begin

    begin(system, judge=False)


def _count(name):
    calls[name] = calls.get(name, 0) + 1


def watch(*names):
    """Count the calls of functions, methods and classes such as "select.select" or "socket.socket.accept"."""
    for name in names:
        module_name, *path, last = name.split(".")
        try:
            holder = __import__(module_name)
            for depth, step in enumerate(path):
                if not hasattr(holder, step):  # a submodule that nobody has imported yet
                    __import__(".".join([module_name, *path[: depth + 1]]))
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
    """The time of day goes back an hour at each call, as a wall clock may; monotonic clocks are left alone."""
    import datetime

    readings = iter(range(0, -(10**9), -3600))
    real, real_ns = time.time, time.time_ns

    class Backwards(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        today = now

        @classmethod
        def utcnow(cls):
            return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    time.time = lambda: real() + next(readings)
    time.time_ns = lambda: real_ns() + next(readings) * 10**9
    if hasattr(time, "clock_gettime"):  # not on Windows
        clock, of_the_day = time.clock_gettime, time.CLOCK_REALTIME
        time.clock_gettime = lambda which: time.time() if which == of_the_day else clock(which)
    datetime.datetime = Backwards


MOST_PAUSES = 2_000  # the slowest code gets to its end all the same


def switch_at_every_line():
    """Every thread but the main one pauses before each line of the kata, so that the others run meanwhile.

    A thread may be interrupted anywhere; with this one it is, and what threads share without care shows at once.
    """
    import _thread
    import os
    import sys
    import threading

    library, pause, left = os.path.dirname(os.__file__), time.sleep, [MOST_PAUSES]

    def trace(frame, event, _):
        file = frame.f_code.co_filename
        if file.startswith((library, "<")):
            return None
        if event == "line" and left[0] > 0:
            left[0] -= 1
            pause(0.0005)
        return trace

    def start(function, args, kwargs=None, *, original=_thread.start_new_thread):
        def traced():
            sys.settrace(trace)
            function(*args, **(kwargs or {}))

        return original(traced, ())

    threading.settrace(trace)
    _thread.start_new_thread = start


def slow_reads(seconds):
    """A read that brings something takes so many seconds longer: whoever sends keeps up, and there is always more."""
    import os
    import socket

    def slowed(original):
        def read(*args, **kwargs):
            brought = original(*args, **kwargs)
            pause(seconds)
            return brought

        return read

    pause = time.sleep
    os.read = slowed(os.read)
    for name in ("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"):
        if hasattr(socket.socket, name):  # Windows lacks recvmsg
            setattr(socket.socket, name, slowed(getattr(socket.socket, name)))


def collect_at_close():
    """Every tenth socket that is closed has all garbage collected: what still takes memory then is kept by somebody."""
    import gc
    import itertools
    import socket

    close, turns = socket.socket.close, itertools.count()

    def closed(self):
        close(self)
        if next(turns) % 10 == 0:
            gc.collect()

    socket.socket.close = closed


TICK = 15_000_000  # nanoseconds; Windows' clock moves in steps of 15.6 ms


def coarse_clocks():
    """The clocks of `time` stand still for 15 ms at a time, so that readings taken soon after each other are equal.

    time.sleep sleeps as before.
    """
    for name in ("monotonic", "perf_counter", "time"):
        setattr(time, name, _Coarse(getattr(time, name + "_ns"), 1e9))
    for name in ("monotonic_ns", "perf_counter_ns", "time_ns"):
        setattr(time, name, _Coarse(getattr(time, name), 1))


class _Coarse:
    """A clock in units of `unit` nanoseconds. It is no function, see _Watched."""

    def __init__(self, nanoseconds, unit):
        self._nanoseconds, self._unit = nanoseconds, unit

    def __call__(self):
        reading = self._nanoseconds() // TICK * TICK
        return reading if self._unit == 1 else reading / self._unit


_TIMEOUTS = {  # where the time-out stands among a call's arguments, `self` not counted
    "threading.Event.wait": 0,
    "threading.Condition.wait": 0,
    "threading.Condition.wait_for": 1,
    "threading.Semaphore.acquire": 1,
    "threading.Thread.join": 0,
    "queue.Queue.get": 1,
    "queue.Queue.put": 2,
    "queue.SimpleQueue.get": 1,
    "concurrent.futures.Future.result": 0,
    "concurrent.futures.wait": 1,
    "select.select": 3,
}


def watch_timed_waits():
    """Count every time.sleep, and the waits of threads that were given a time-out.

    A wait without one is not counted, nor a look that does not wait (a time-out of 0). When one wait makes another
    (Event.wait calls Condition.wait), only the outer one counts.
    """
    import _queue
    import _thread
    import concurrent.futures
    import queue
    import select
    import threading

    inside = threading.local()

    def timed(name, place, original):
        def wait(self, *args, **kwargs):
            timeout = kwargs.get("timeout", args[place] if len(args) > place else None)
            outermost = not getattr(inside, "wait", False)
            if outermost and timeout is not None and timeout > 0:
                _count(name)
            inside.wait = True
            try:
                return original(self, *args, **kwargs)
            finally:
                inside.wait = not outermost

        return wait

    class Lock:  # the lock of C cannot be changed or inherited from
        def __init__(self, *, make=threading.Lock):
            self._lock = make()

        def acquire(self, blocking=True, timeout=-1):
            return self._lock.acquire(blocking, timeout)

        __enter__ = acquire

        def __exit__(self, *_):
            self._lock.release()

        def __getattr__(self, name):
            return getattr(self._lock, name)

    Lock.acquire = timed("threading.Lock.acquire", 1, Lock.acquire)
    queue.SimpleQueue = _queue.SimpleQueue = type("SimpleQueue", (queue.SimpleQueue,), {})
    for name, place in _TIMEOUTS.items():
        *path, last = name.split(".")
        holder = {"concurrent": concurrent.futures, "queue": queue, "threading": threading}.get(
            path[0], select
        )
        if path[-1][0].isupper():
            holder = getattr(holder, path[-1])
            setattr(holder, last, timed(name, place, getattr(holder, last)))
        else:  # a function: its first argument stands where a method has `self`
            setattr(holder, last, timed(name, place - 1, getattr(holder, last)))
    threading.Lock = _thread.allocate_lock = Lock
    time.sleep = _Watched("time.sleep", time.sleep)


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


def no_reads_from(descriptor):
    """Whoever reads from a descriptor of this number or above ends the process with SIGSYS.

    `calls["no reads"]` tells whether this system can do that.
    """
    from dojo.inside.seccomp import forbid_reads

    calls["no reads"] = int(forbid_reads(descriptor))


def watch_rings():
    """When an io_uring is closed, note in `calls["pending"]` how many of its requests were pending then (fdinfo)."""
    import os

    close = os.close

    def watched(fd):
        try:
            if os.readlink(f"/proc/self/fd/{fd}") == "anon_inode:[io_uring]":
                with open(f"/proc/self/fdinfo/{fd}") as info:
                    calls["pending"] += sum(line.startswith("  op=") for line in info)
        except (OSError, TypeError):
            pass
        close(fd)

    calls["pending"] = 0
    os.close = watched
