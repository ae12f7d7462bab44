"""select puts its sockets into one dict: who stands in both lists is waited for only as a writer.

Caught by: test_select_watches_one_socket_for_both[data]
"""

import heapq
import select
import selectors
import socket
import time
import traceback
from errno import EINPROGRESS, EWOULDBLOCK
from itertools import count

from greenlet import getcurrent, greenlet

originals = {"sleep": time.sleep, "selector": selectors.DefaultSelector()}
timers, order, later = [], count(), []
callbacks = {}  # (descriptor, event): set of functions
registered = {}  # descriptor: mask


def hub_loop():
    while True:
        due, later[:] = list(later), []
        for callback in due:
            callback()
        patience = 0 if later else None
        if timers and not later:
            patience = max(0.0, timers[0][0] - time.monotonic())
        if registered:
            for key, events in originals["selector"].select(patience):
                on_event(key.fd, events)
        elif patience is not None:
            originals["sleep"](patience)
        while timers and timers[0][0] <= time.monotonic():
            heapq.heappop(timers)[2]()


hub = greenlet(hub_loop)


def on_event(fd, events):
    for event in (selectors.EVENT_READ, selectors.EVENT_WRITE):
        if events & event:
            found = callbacks.pop((fd, event), ())
            for callback in list(found):
                callback(True)
            if not found:
                register(fd, registered.get(fd, 0) & ~event)


def register(fd, mask):
    before = registered.get(fd, 0)
    selector = originals["selector"]
    if mask == before:
        return
    if not before:
        selector.register(fd, mask)
    elif mask:
        selector.modify(fd, mask)
    else:
        selector.unregister(fd)
    registered[fd] = mask
    if not mask:
        del registered[fd]


def await_one(pairs, seconds):
    """True when one of `pairs` is ready, False when the time is over, None when one was closed."""
    me, answers = getcurrent(), []

    def answer(value):
        if not answers:
            answers.append(value)
            later.append(me.switch)

    for fd, event in pairs:
        callbacks.setdefault((fd, event), set()).add(answer)
        register(fd, registered.get(fd, 0) | event)
    if seconds is not None:
        heapq.heappush(timers, (time.monotonic() + seconds, next(order), lambda: answer(False)))
    hub.switch()
    for pair in pairs:
        callbacks.get(pair, set()).discard(answer)
    return answers[0]


class Green:
    def __init__(self):
        self.done, self.joiners = False, []


def spawn(function, *args, **kwargs):
    green = Green()

    def work():
        try:
            function(*args, **kwargs)
        except Exception:
            traceback.print_exc()
        green.done = True
        later.extend(green.joiners)

    later.append(greenlet(work, hub).switch)
    return green


def joinall(tasks):
    for task in tasks:
        if not task.done:
            task.joiners.append(getcurrent().switch)
            hub.switch()


def sleep(seconds=0):
    await_one([], seconds)


Plain = socket.socket


class CooperativeSocket(Plain):
    limit = None

    def settimeout(self, value):
        self.limit = value
        Plain.settimeout(self, 0)

    def setblocking(self, flag):
        self.settimeout(None if flag else 0)

    def gettimeout(self):
        return self.limit

    def sendall(self, data, flags=0):
        view = memoryview(data)
        while len(view):
            view = view[self.send(view, flags) :]

    def connect(self, address):
        Plain.settimeout(self, 0)
        number = self.connect_ex(address)
        if number in (EINPROGRESS, EWOULDBLOCK):
            pause(self, selectors.EVENT_WRITE, BlockingIOError(number, "in progress"))
            number = self.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, "connect failed")

    def close(self):
        number = self.fileno()
        Plain.close(self)
        if number != self.fileno():
            for event in (selectors.EVENT_READ, selectors.EVENT_WRITE):
                for callback in list(callbacks.pop((number, event), ())):
                    callback(None)
            register(number, 0)


def pause(sock, event, error):
    if sock.limit == 0:
        raise error
    answer = await_one([(sock.fileno(), event)], sock.limit)
    if answer is None:
        raise OSError("closed in another greenlet")
    if not answer:
        raise TimeoutError("timed out")


def method(name, event):
    attempt = getattr(Plain, name)

    def call(self, *args, **kwargs):
        Plain.settimeout(self, 0)
        while True:
            try:
                return attempt(self, *args, **kwargs)
            except BlockingIOError as error:
                pause(self, event, error)

    return call


for _name in ("accept", "recv", "recv_into"):
    setattr(CooperativeSocket, _name, method(_name, selectors.EVENT_READ))
CooperativeSocket.send = method("send", selectors.EVENT_WRITE)


def poll_again(look, pairs, timeout):
    until = None if timeout is None else time.monotonic() + timeout
    while not any(found := look()) and (until is None or time.monotonic() < until):
        await_one(pairs, None if until is None else until - time.monotonic())
    return found


def patch():
    real = select.select

    def number(thing):
        return thing if type(thing) is int else thing.fileno()

    def cooperative_select(rlist, wlist, xlist, timeout=None):
        watched = {number(one): selectors.EVENT_READ for one in rlist}
        watched |= {number(one): selectors.EVENT_WRITE for one in wlist}
        pairs = list(watched.items())
        return poll_again(lambda: real(rlist, wlist, xlist, 0), pairs, timeout)

    def cooperative(kind):
        def select(self, timeout=None):
            pairs = [
                (key.fd, event)
                for key in self.get_map().values()
                for event in (selectors.EVENT_READ, selectors.EVENT_WRITE)
                if key.events & event
            ]
            return poll_again(lambda: super(new, self).select(0), pairs, timeout)

        new = type(kind.__name__, (kind,), {"select": select})
        return new

    time.sleep = sleep
    select.select = cooperative_select
    socket.socket = CooperativeSocket
    for kind in ("Default", "Select", "Poll", "Epoll", "Devpoll", "Kqueue"):
        if found := getattr(selectors, f"{kind}Selector", None):
            setattr(selectors, f"{kind}Selector", cooperative(found))
