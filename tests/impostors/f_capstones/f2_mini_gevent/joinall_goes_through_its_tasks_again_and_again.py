"""joinall asks each time all of its tasks whether they have ended; a generator of them can be asked only once.

Caught by: test_joinall_takes_any_iterable
"""

import errno
import selectors
import socket
import sys
import time
from selectors import EVENT_READ, EVENT_WRITE

from greenlet import getcurrent, greenlet

real_sleep, real_select = time.sleep, selectors.DefaultSelector.select
main = getcurrent()
ready = []  # greenlets
parked = []  # those that wait


class Parked:
    def __init__(self, wanted, seconds):
        self.greenlet = getcurrent()
        self.wanted = wanted  # descriptor: events
        self.until = None if seconds is None else time.monotonic() + seconds
        self.found = {}
        self.broken = False


def wait(wanted, seconds):
    """What became ready of `wanted`, or {} after `seconds`."""
    me = Parked(wanted, seconds)
    parked.append(me)
    main.switch()
    if me.broken:
        raise OSError(9, "closed meanwhile")
    return me.found


def turn():
    masks = {}
    for one in parked:
        for fd, events in one.wanted.items():
            masks[fd] = masks.get(fd, 0) | events
    untils = [one.until for one in parked if one.until is not None]
    patience = max(0, min(untils) - time.monotonic()) if untils else None
    patience = 0 if ready else patience
    events = {}
    if masks:
        with selectors.DefaultSelector() as selector:
            for fd, mask in masks.items():
                selector.register(fd, mask)
            events = {key.fd: mask for key, mask in real_select(selector, patience)}
    elif patience:
        real_sleep(patience)
    now = time.monotonic()
    for one in sorted(parked, key=lambda one: one.until or 0):
        one.found = {
            fd: mask & events[fd] for fd, mask in one.wanted.items() if mask & events.get(fd, 0)
        }
        if one.found or one.broken or (one.until is not None and one.until <= now):
            parked.remove(one)
            ready.append(one.greenlet)
    for _ in range(len(ready)):
        ready.pop(0).switch()


def spawn(function, *args, **kwargs):
    def work():
        try:
            function(*args, **kwargs)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)

    task = greenlet(work, main)
    ready.append(task)
    return task


def joinall(tasks):
    while not all(task.dead for task in tasks):
        turn()


def sleep(seconds=0):
    wait({}, seconds)


Plain = socket.socket
plain = {name: getattr(Plain, name) for name in ("accept", "recv", "recv_into", "send", "close")}


def until_possible(sock, event):
    patience = sock.gettimeout()
    if patience != 0 and not wait({sock.fileno(): event}, patience):
        raise TimeoutError("timed out")


def waits_to_read(name):
    def method(self, *args, **kwargs):
        until_possible(self, EVENT_READ)
        return plain[name](self, *args, **kwargs)

    return method


def send(self, data, flags=0):
    patience = self.gettimeout()
    while True:
        until_possible(self, EVENT_WRITE)
        self.settimeout(0)  # it would wait for room for all of it
        try:
            return plain["send"](self, data, flags)
        except BlockingIOError:
            if patience == 0:
                raise
        finally:
            self.settimeout(patience)


def sendall(self, data, flags=0):
    sent, data = 0, bytes(data)
    while sent < len(data):
        sent += self.send(data[sent : sent + 65536], flags)


def connect(self, address):
    patience = self.gettimeout()
    self.settimeout(0)
    number = self.connect_ex(address)
    self.settimeout(patience)
    if number in (errno.EINPROGRESS, errno.EWOULDBLOCK) and patience != 0:
        until_possible(self, EVENT_WRITE)
        number = self.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, "connect")


def close(self):
    if not self._io_refs:
        for one in parked:
            one.broken = one.broken or self.fileno() in one.wanted
        for one in [one for one in parked if one.broken]:
            parked.remove(one)
            ready.append(one.greenlet)
    plain["close"](self)


def select_(rlist, wlist, xlist, timeout=None):
    def number(thing):
        return thing if isinstance(thing, int) else thing.fileno()

    wanted = {}
    for event, things in ((EVENT_READ, rlist), (EVENT_WRITE, wlist)):
        for thing in things:
            wanted[number(thing)] = wanted.get(number(thing), 0) | event
    found = wait(wanted, timeout)
    return (
        [thing for thing in rlist if found.get(number(thing), 0) & EVENT_READ],
        [thing for thing in wlist if found.get(number(thing), 0) & EVENT_WRITE],
        [],
    )


def selector_select(self, timeout=None):
    keys = {key.fd: key for key in self.get_map().values()}
    found = wait({fd: key.events for fd, key in keys.items()}, timeout)
    return [(keys[fd], mask) for fd, mask in found.items()]


def patch():
    import select

    time.sleep, select.select = sleep, select_
    for name in ("accept", "recv", "recv_into"):
        setattr(Plain, name, waits_to_read(name))
    Plain.send, Plain.sendall, Plain.connect, Plain.close = send, sendall, connect, close
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector"):
        if kind := getattr(selectors, name, None):
            kind.select = selector_select
