"""One selector; a stuck answer waits as bytes in the data of its own key, so there is no other book to keep."""

import contextlib
import selectors

QUIET = None


def serve(listener):
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as doors:
        doors.callback(listener.close)
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ, listener)
        while True:
            for key, _ in selector.select():
                match key.data:
                    case None:
                        hear(selector, key.fileobj)
                    case bytes(rest):
                        say(selector, key.fileobj, rest, stuck=True)
                    case _:
                        welcome(selector, listener)


def welcome(selector, listener):
    with contextlib.suppress(OSError):
        for _ in range(64):
            sock, _ = listener.accept()
            sock.setblocking(False)
            selector.register(sock, selectors.EVENT_READ, QUIET)


def hear(selector, sock):
    try:
        data = sock.recv(1 << 15)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if data:
        say(selector, sock, data.upper(), stuck=False)
    else:
        close(selector, sock)


def say(selector, sock, data, stuck):
    try:
        rest = data[sock.send(data) :]
    except BlockingIOError:
        rest = data
    except OSError:
        close(selector, sock)
        return
    if rest:
        selector.modify(sock, selectors.EVENT_WRITE, rest)
    elif stuck:
        selector.modify(sock, selectors.EVENT_READ, QUIET)


def close(selector, sock):
    selector.unregister(sock)
    sock.close()
